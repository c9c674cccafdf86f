#include "agent/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/natural.h"
#include "agent/text.h"

struct word {
    enum lt_words list;
    uint8_t value;
    const char *vietnamese, *english; /* as written */
    const char *others; /* further spellings, without diacritics */
};

/* Without `others` only the two written forms are read. */
static const struct word words[] = {
    {LT_WORDS_KIND, LT_KIND_AWARD, "khen thưởng", "award", ""},
    {LT_WORDS_KIND, LT_KIND_PROPOSAL, "đề nghị", "proposal", "de xuat"},
    {LT_WORDS_KIND, LT_KIND_MOVEMENT, "phong trào", "movement", "phong trao thi dua"},
    {LT_WORDS_KIND, LT_KIND_PLEDGE, "giao ước", "pledge", "giao uoc thi dua"},
    {LT_WORDS_KIND, LT_KIND_SCORE, "bảng điểm", "score", "cham diem|diem"},
    {LT_WORDS_KIND, LT_KIND_EXEMPLAR, "điển hình", "exemplar", "dien hinh tien tien|mo hinh"},
    {LT_WORDS_KIND, LT_KIND_DECLARATION, "chốt số liệu", "declaration", "chot"},

    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_STATE, "nhà nước", "state",
     "cap nha nuoc|trung uong|quoc gia"},
    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_MINISTRY, "bộ", "ministry",
     "cap bo|bo nganh|bo, nganh|bo, ban, nganh|ban nganh"},
    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_PROVINCE, "tỉnh", "province", "cap tinh|thanh pho"},
    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_DISTRICT, "huyện", "district",
     "cap huyen|quan|thi xa"},
    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_COMMUNE, "xã", "commune",
     "cap xa|phuong|dac khu|thi tran"},
    {LT_WORDS_LEVEL, LIENTHONG__LEVEL__LEVEL_BASE, "cơ sở", "base",
     "cap co so|don vi|doanh nghiep|co quan"},

    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_MERIT, "công trạng", "merit",
     "cong trang va thanh tich|thuong xuyen|thanh tich cong trang|cong trang va thanh tich dat "
     "duoc"},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_MOVEMENT, "phong trào thi đua", "movement",
     "phong trao"},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_THEMATIC, "chuyên đề", "thematic",
     "theo dot|dot|theo dot, chuyen de|chuyen de, theo dot|theo dot (chuyen de)|dot, chuyen de|"
     "theo chuyen de"},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_AD_HOC, "đột xuất", "ad hoc", "ad_hoc"},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_CONTRIBUTION, "cống hiến", "contribution",
     "qua trinh cong hien"},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_TENURE, "niên hạn", "tenure", ""},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_EXTERNAL, "đối ngoại", "external", ""},
    {LT_WORDS_TYPE, LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE, "kháng chiến", "resistance",
     "thanh tich khang chien"},

    {LT_WORDS_RECIPIENT, LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE, "tập thể", "collective", "tt"},
    {LT_WORDS_RECIPIENT, LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE, "doanh nghiệp", "enterprise",
     "dn"},
    {LT_WORDS_RECIPIENT, LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD, "hộ gia đình", "household",
     "ho|gia dinh"},
    {LT_WORDS_RECIPIENT, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL, "cá nhân", "individual", "cn"},

    {LT_WORDS_CATEGORY, LIENTHONG__CATEGORY__CATEGORY_LEADER_PROVINCE, "lãnh đạo cấp bộ, tỉnh",
     "leader of a ministry or province",
     "leader_province|lanh dao cap bo|lanh dao cap tinh|"
     "lanh dao bo, tinh|lanh dao tinh|lanh dao bo"},
    {LT_WORDS_CATEGORY, LIENTHONG__CATEGORY__CATEGORY_LEADER_DEPARTMENT, "lãnh đạo cấp vụ, sở",
     "leader of a department",
     "leader_department|lanh dao cap vu|lanh dao cap so|lanh dao vu, so|lanh dao so|lanh dao vu"},
    {LT_WORDS_CATEGORY, LIENTHONG__CATEGORY__CATEGORY_BUSINESS, "doanh nhân", "business", ""},
    {LT_WORDS_CATEGORY, LIENTHONG__CATEGORY__CATEGORY_MANAGER, "lãnh đạo khác", "manager",
     "lanh dao khac tu pho phong|lanh dao tu pho phong|lanh dao, quan ly|quan ly|lanh dao quan ly|"
     "lanh dao khac tu pho phong tro len"},
    {LT_WORDS_CATEGORY, LIENTHONG__CATEGORY__CATEGORY_WORKER, "người trực tiếp", "worker",
     "nguoi truc tiep cong tac, lao dong, hoc tap, chien dau|truc tiep|nguoi lao dong truc tiep|"
     "truc tiep cong tac|nguoi lao dong"},

    {LT_WORDS_SEX, LIENTHONG__SEX__SEX_FEMALE, "nữ", "female", "f"},
    {LT_WORDS_SEX, LIENTHONG__SEX__SEX_MALE, "nam", "male", "m"},

    {LT_WORDS_STATUS, LIENTHONG__STATUS__STATUS_DECIDED, "đã quyết định", "decided",
     "da khen|hieu luc|con hieu luc"},
    {LT_WORDS_STATUS, LIENTHONG__STATUS__STATUS_REVOKED, "đã hủy", "revoked",
     "huy bo|bi huy|thu hoi|da thu hoi|huy|da huy bo"},

    {LT_WORDS_OUTCOME, 1 + LIENTHONG__OUTCOME__OUTCOME_PENDING, "đang xét", "pending",
     "cho|cho xet|chua"},
    {LT_WORDS_OUTCOME, 1 + LIENTHONG__OUTCOME__OUTCOME_DECIDED, "đã quyết định", "decided",
     "da khen|duoc khen|dong y|dat"},
    {LT_WORDS_OUTCOME, 1 + LIENTHONG__OUTCOME__OUTCOME_REFUSED, "không được khen", "refused",
     "tu choi|khong dong y|khong dat|tra lai"},

    {LT_WORDS_SCOPE, LIENTHONG__MOVEMENT_SCOPE__SCOPE_NATIONAL, "toàn quốc", "national",
     "ca nuoc|quoc gia"},
    {LT_WORDS_SCOPE, LIENTHONG__MOVEMENT_SCOPE__SCOPE_MINISTRY_LOCALITY, "bộ, ngành, địa phương",
     "ministry or locality", "dia phuong|bo, nganh|bo nganh dia phuong|ministry|locality|tinh"},
    {LT_WORDS_SCOPE, LIENTHONG__MOVEMENT_SCOPE__SCOPE_CLUSTER, "cụm, khối", "cluster",
     "cum|khoi|khoi, cum|cum/khoi|khoi/cum"},
    {LT_WORDS_SCOPE, LIENTHONG__MOVEMENT_SCOPE__SCOPE_UNIT, "cơ quan, đơn vị", "unit",
     "don vi|co quan|co quan don vi"},

    {LT_WORDS_METHOD, 1, "thường xuyên", "regular", "hang nam|no|khong"},
    {LT_WORDS_METHOD, 2, "chuyên đề", "thematic", "theo dot|dot|yes|co|theo chuyen de"},

    /* enum lt_row_action of rows.h, plus one */
    {LT_WORDS_ACTION, 1, "ghi", "put", "nhap|luu"},
    {LT_WORDS_ACTION, 2, "xóa", "retract", "go|huy|delete|remove|xoa bo|go bo"},
    {LT_WORDS_ACTION, 3, "rút", "withdraw", "rut lai"},
    {LT_WORDS_ACTION, 4, "khôi phục", "restore", "ghi lai|phuc hoi"},
};
enum { WORD_COUNT = sizeof(words) / sizeof(words[0]) };

static bool in_list(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; *at != '\0'; at += *at == '|') {
        size_t item = strcspn(at, "|");
        if (item == size && memcmp(at, word, size) == 0) {
            return true;
        }
        at += item;
    }
    return false;
}

static bool same_plain(const char *text, const char *plain)
{
    char folded[LT_FOLDED_MAX];
    return lt_fold_plain(text, folded) && strcmp(folded, plain) == 0;
}

uint8_t lt_value_word(enum lt_words list, const char *text)
{
    char plain[LT_FOLDED_MAX];
    uint8_t value = 0;
    (void)lt_fold_plain(text, plain);
    for (size_t i = 0; plain[0] != '\0' && value == 0 && i < WORD_COUNT; i++) {
        if (words[i].list == list &&
            (strcmp(words[i].english, plain) == 0 || in_list(words[i].others, plain) ||
             same_plain(words[i].vietnamese, plain))) {
            value = words[i].value;
        }
    }
    return value;
}

const char *lt_value_word_text(enum lt_words list, uint8_t value)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (words[i].list == list && words[i].value == value) {
            return lt_text_is_english() ? words[i].english : words[i].vietnamese;
        }
    }
    return "";
}

void lt_value_word_list(enum lt_words list, char *ret_text, size_t max)
{
    size_t size = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < WORD_COUNT; i++) {
        const char *word = lt_text_is_english() ? words[i].english : words[i].vietnamese;
        if (words[i].list == list && size + strlen(word) + 3 < max) {
            size +=
                (size_t)snprintf(ret_text + size, max - size, "%s%s", size > 0 ? "; " : "", word);
        }
    }
}

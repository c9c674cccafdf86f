#include "hub/dimension.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"

static const struct {
    const char *vietnamese, *english;
} labels[LT_DIM_COUNT] = {
    [LT_DIM_PLACE] = {"Nơi", "Place"},
    [LT_DIM_YEAR] = {"Năm", "Year"},
    [LT_DIM_MONTH] = {"Tháng", "Month"},
    [LT_DIM_KIND] = {"Loại bản ghi", "Kind"},
    [LT_DIM_CODE] = {"Danh hiệu, hình thức", "Title or form"},
    [LT_DIM_LEVEL] = {"Cấp quyết định", "Level"},
    [LT_DIM_TYPE] = {"Loại hình", "Type"},
    [LT_DIM_RECIPIENT] = {"Đối tượng", "Recipient"},
    [LT_DIM_CATEGORY] = {"Thành phần", "Category"},
    [LT_DIM_SEX] = {"Giới tính", "Sex"},
    [LT_DIM_FIELD] = {"Lĩnh vực", "Field"},
    [LT_DIM_MOVEMENT] = {"Phong trào", "Movement"},
    [LT_DIM_NATURE] = {"Loại đơn vị báo cáo", "Nature of the author"},
    [LT_DIM_STATUS] = {"Tình trạng", "Status"},
    [LT_DIM_QUARTER] = {"Quý", "Quarter"},
    [LT_DIM_HALF] = {"Nửa năm", "Half-year"},
    [LT_DIM_SUBMITTED] = {"Cấp trình", "Submitted by"},
    [LT_DIM_POSTHUMOUS] = {"Truy tặng", "Posthumous"},
    [LT_DIM_SCOPE] = {"Phạm vi phong trào", "Scope of movement"},
    [LT_DIM_LENGTH] = {"Thời gian phong trào", "Length of movement"},
    [LT_DIM_METHOD] = {"Cách tổ chức", "Method"},
    [LT_DIM_OUTSIDE] = {"Ngoài địa bàn", "From outside"},
};

/* What people read instead of a spelling. */
static const struct {
    enum lt_dimension dimension;
    const char *spelling, *vietnamese;
} shown[] = {
    {LT_DIM_KIND, "award", "khen thưởng"},
    {LT_DIM_KIND, "proposal", "đề nghị"},
    {LT_DIM_KIND, "movement", "phong trào"},
    {LT_DIM_KIND, "pledge", "giao ước"},
    {LT_DIM_KIND, "score", "điểm thi đua"},
    {LT_DIM_KIND, "exemplar", "điển hình tiên tiến"},
    {LT_DIM_KIND, "declaration", "chốt số liệu"},
    {LT_DIM_LEVEL, "state", "nhà nước"},
    {LT_DIM_LEVEL, "ministry", "bộ, ngành"},
    {LT_DIM_LEVEL, "province", "tỉnh"},
    {LT_DIM_LEVEL, "district", "huyện"},
    {LT_DIM_LEVEL, "commune", "xã"},
    {LT_DIM_LEVEL, "base", "cơ sở"},
    {LT_DIM_TYPE, "merit", "công trạng"},
    {LT_DIM_TYPE, "movement", "phong trào thi đua"},
    {LT_DIM_TYPE, "thematic", "chuyên đề"},
    {LT_DIM_TYPE, "ad_hoc", "đột xuất"},
    {LT_DIM_TYPE, "contribution", "cống hiến"},
    {LT_DIM_TYPE, "tenure", "niên hạn"},
    {LT_DIM_TYPE, "external", "đối ngoại"},
    {LT_DIM_TYPE, "resistance", "kháng chiến"},
    {LT_DIM_RECIPIENT, "collective", "tập thể"},
    {LT_DIM_RECIPIENT, "enterprise", "doanh nghiệp"},
    {LT_DIM_RECIPIENT, "household", "hộ gia đình"},
    {LT_DIM_RECIPIENT, "individual", "cá nhân"},
    {LT_DIM_CATEGORY, "leader_province", "lãnh đạo cấp bộ, tỉnh"},
    {LT_DIM_CATEGORY, "leader_department", "lãnh đạo cấp vụ, sở"},
    {LT_DIM_CATEGORY, "business", "doanh nhân"},
    {LT_DIM_CATEGORY, "manager", "lãnh đạo khác từ phó phòng"},
    {LT_DIM_CATEGORY, "worker", "người trực tiếp"},
    {LT_DIM_SEX, "female", "nữ"},
    {LT_DIM_SEX, "male", "nam"},
    {LT_DIM_NATURE, "administrative", "hành chính"},
    {LT_DIM_NATURE, "agency", "sở, ngành"},
    {LT_DIM_NATURE, "school", "trường học"},
    {LT_DIM_NATURE, "enterprise", "doanh nghiệp"},
    {LT_DIM_NATURE, "organisation", "đảng, đoàn thể"},
    {LT_DIM_NATURE, "forces", "lực lượng vũ trang"},
    {LT_DIM_STATUS, "decided", "đã quyết định"},
    {LT_DIM_STATUS, "revoked", "đã hủy bỏ"},
    {LT_DIM_STATUS, "pending", "đang xét"},
    {LT_DIM_STATUS, "granted", "được khen"},
    {LT_DIM_STATUS, "refused", "không được"},
    {LT_DIM_STATUS, "launch", "phát động"},
    {LT_DIM_STATUS, "response", "hưởng ứng"},
    {LT_DIM_STATUS, "complete", "đã chốt"},
    {LT_DIM_STATUS, "nil", "không có"},
    {LT_DIM_SUBMITTED, "ministry", "bộ, ngành trình"},
    {LT_DIM_SUBMITTED, "province", "tỉnh trình"},
    {LT_DIM_POSTHUMOUS, "posthumous", "truy tặng"},
    {LT_DIM_SCOPE, "national", "toàn quốc"},
    {LT_DIM_SCOPE, "locality", "bộ, ngành, địa phương"},
    {LT_DIM_SCOPE, "cluster", "cụm, khối"},
    {LT_DIM_SCOPE, "unit", "cơ quan, đơn vị"},
    {LT_DIM_LENGTH, "under_1", "dưới 1 năm"},
    {LT_DIM_LENGTH, "1", "1 năm"},
    {LT_DIM_LENGTH, "1_to_3", "từ 1 đến dưới 3 năm"},
    {LT_DIM_LENGTH, "3_to_5", "từ 3 đến dưới 5 năm"},
    {LT_DIM_LENGTH, "5_and_over", "từ 5 năm trở lên"},
    {LT_DIM_METHOD, "thematic", "chuyên đề"},
    {LT_DIM_METHOD, "regular", "thường xuyên"},
    {LT_DIM_OUTSIDE, "outside", "ngoài địa bàn"},
};

const char *lt_dimension_label(enum lt_dimension dimension)
{
    return lt_text_is_english() ? labels[dimension].english : labels[dimension].vietnamese;
}

const char *lt_dimension_show(enum lt_dimension dimension, uint8_t value)
{
    const char *spelling = lt_dimension_spell(dimension, value);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0] && !lt_text_is_english(); i++)
        if (shown[i].dimension == dimension && strcmp(shown[i].spelling, spelling) == 0)
            return shown[i].vietnamese;
    return spelling;
}

static void append(char *text, size_t max, const char *word)
{
    size_t used = strlen(text);
    if (used + strlen(word) + 3 < max)
        (void)snprintf(text + used, max - used, "%s%s", used == 0 ? "" : ", ", word);
}

bool lt_recipient_meets(uint32_t asked, uint32_t told)
{
    return told == asked || (asked == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE &&
                             told == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
}

void lt_dimension_list_names(char *ret_text, size_t max)
{
    ret_text[0] = '\0';
    for (size_t i = 0; i < LT_DIM_COUNT; i++)
        append(ret_text, max, lt_dimension_name((enum lt_dimension)i));
}

void lt_dimension_list_values(enum lt_dimension dimension, char *ret_text, size_t max)
{
    ret_text[0] = '\0';
    for (unsigned value = 1; value < 32; value++) {
        const char *spelling = lt_dimension_spell(dimension, (uint8_t)value);
        if (spelling[0] == '\0')
            return;
        append(ret_text, max, spelling);
    }
}

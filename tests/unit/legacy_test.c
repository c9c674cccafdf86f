/* Text of TCVN3 and VNI: recognised by its words, converted, told; Unicode stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/legacy.h"
#include "agent/text.h"

static void decodes(enum lt_legacy encoding, const char *text, const char *wanted)
{
    char *decoded = lt_legacy_decode(encoding, text);
    assert_non_null(decoded);
    assert_string_equal(decoded, wanted);
    free(decoded);
}

static void every_letter_of_both(void **state)
{
    (void)state;
    decodes(LT_LEGACY_TCVN3, "µ¶·¸¹ ¨»¼½¾Æ ©ÇÈÉÊË", "àảãáạ ăằẳẵắặ âầẩẫấậ");
    decodes(LT_LEGACY_TCVN3, "ÌÎÏÐÑ ªÒÓÔÕÖ ×ØÜÝÞ", "èẻẽéẹ êềểễếệ ìỉĩíị");
    decodes(LT_LEGACY_TCVN3, "ßáâãä «åæçèé ¬êëìíî", "òỏõóọ ôồổỗốộ ơờởỡớợ");
    decodes(LT_LEGACY_TCVN3, "ïñòóô \xc2\xadõö÷øù úûüýþ", "ùủũúụ ưừửữứự ỳỷỹýỵ");
    decodes(LT_LEGACY_TCVN3, "®§¡¢£¤¥¦ Abc 15/Q§-UBND", "đĐĂÂÊÔƠƯ Abc 15/QĐ-UBND");
    decodes(LT_LEGACY_VNI, "aøaùaûaõaï aêaèaéaúaüaë aâaàaáaåaãaä", "àáảãạ ăằắẳẵặ âầấẩẫậ");
    decodes(LT_LEGACY_VNI, "eøeùeûeõeï eâeàeáeåeãeä ìíæóò", "èéẻẽẹ êềếểễệ ìíỉĩị");
    decodes(LT_LEGACY_VNI, "oøoùoûoõoï oâoàoáoåoãoä ôôøôùôûôõôï", "òóỏõọ ôồốổỗộ ơờớởỡợ");
    decodes(LT_LEGACY_VNI, "uøuùuûuõuï ööøöùöûöõöï yøyùyûyõî ñÑ", "ùúủũụ ưừứửữự ỳýỷỹỵ đĐ");
    decodes(LT_LEGACY_VNI, "NGUYEÃN VAÊN AÙNH ÖÔÙC", "NGUYỄN VĂN ÁNH ƯỚC");
    decodes(LT_LEGACY_VNI, "", "");
}

static void syllables_are_told_from_others(void **state)
{
    (void)state;
    static const char *const good[] = {"Nguyễn", "nghiêng", "quyết", "Đường", "ỷ",
                                       "oan",    "giếng",   "gì",    "khuỷu", "thuở",
                                       "QUỐC",   "xoắn",    "ước",   "nghĩa", "Phượng"};
    static const char *const bad[] = {"Nguyên̂", "bếc", "cãp", "ngưởt", "NguyÔn¸", "ž",
                                      "fả",     "bơớ", "ẹẹ",  "ướ́",    "thưỏnh"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!lt_legacy_is_syllable(good[i])) {
            fail_msg("%s is one", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (lt_legacy_is_syllable(bad[i])) {
            fail_msg("%s is none", bad[i]);
        }
    }
    assert_false(lt_legacy_is_syllable(""));
}

static struct lt_sheet read_text(const char *text, size_t size)
{
    struct lt_sheet sheet;
    struct lt_sheet_fault fault = {.text = ""};
    struct lt_bytes bytes = {(const uint8_t *)text, size};
    if (lt_legacy_read(bytes, &sheet, &fault) != LT_OK) {
        fail_msg("%s", fault.text);
    }
    return sheet;
}

static void converts_what_gains_by_it(void **state)
{
    (void)state;
    static const char tcvn3[] = "Họ tên;Nơi công tác;Năm\n"
                                "NguyÔn V¨n Thµnh;Tr\xc2\xad"
                                "êng TiÓu häc 1;2020\n"
                                "Vò Nam;Lê Lợi;2020\n"
                                "Lª ThÞ Hµ;Tr\xc2\xad"
                                "êng TiÓu häc 1;2020\n";
    struct lt_sheet sheet = read_text(tcvn3, strlen(tcvn3));
    assert_string_equal(lt_table_cell(&sheet, 0, 0), "Họ tên"); /* in Unicode already */
    assert_string_equal(lt_table_cell(&sheet, 1, 0), "Nguyễn Văn Thành");
    assert_string_equal(lt_table_cell(&sheet, 1, 1), "Trường Tiểu học 1");
    assert_string_equal(lt_table_cell(&sheet, 2, 1), "Lê Lợi");
    assert_string_equal(lt_table_cell(&sheet, 3, 0), "Lê Thị Hà");
    assert_string_equal(lt_table_cell(&sheet, 3, 2), "2020");
    assert_non_null(strstr(sheet.note, "TCVN3"));
    lt_table_free(&sheet);
    static const char vni[] = "Hoï teân;Nôi coâng taùc\nNguyeãn Vaên AÙnh;Tröôøng Tieåu hoïc 1\n";
    sheet = read_text(vni, strlen(vni));
    assert_string_equal(lt_table_cell(&sheet, 0, 0), "Họ tên");
    assert_string_equal(lt_table_cell(&sheet, 1, 0), "Nguyễn Văn Ánh");
    assert_string_equal(lt_table_cell(&sheet, 1, 1), "Trường Tiểu học 1");
    assert_non_null(strstr(sheet.note, "VNI"));
    lt_table_free(&sheet);
}

/* "Vò" is a word; in a column of TCVN3 it is "Vũ". */
static void what_could_be_either_goes_with_its_column(void **state)
{
    (void)state;
    static const char text[] = "Hä tªn\nNguyÔn V¨n B×nh\nVò Nam\nTrÇn ThÞ Hång\n";
    struct lt_sheet sheet = read_text(text, strlen(text));
    assert_string_equal(lt_table_cell(&sheet, 2, 0), "Vũ Nam");
    lt_table_free(&sheet);
}

static void bytes_of_an_old_file(void **state)
{
    (void)state;
    static const char text[] = "Hä tªn\xA0;N\xAC"
                               "i c\xABng t\xB8"
                               "c\nNguy\xD4n V\xA8n B\xD7nh;Tr\xADêng\n";
    char bytes[256];
    size_t size = 0;
    for (const char *at = text; *at != '\0'; at++) { /* "ä" and its like, as one byte */
        uint8_t byte = (uint8_t)*at;
        if (byte == 0xc3) {
            bytes[size++] = (char)(0x40 | (uint8_t) * ++at);
        } else if (byte == 0xc2) {
            bytes[size++] = *++at;
        } else {
            bytes[size++] = (char)byte;
        }
    }
    struct lt_sheet sheet = read_text(bytes, size);
    assert_string_equal(lt_table_cell(&sheet, 1, 0), "Nguyễn Văn Bình");
    assert_string_equal(lt_table_cell(&sheet, 1, 1), "Trường");
    assert_string_equal(lt_table_cell(&sheet, 0, 1), "Nơi công tác");
    lt_table_free(&sheet);
    struct lt_sheet_fault fault = {.text = ""};
    static const char strange[] = "Name;Year\nM\xfcller\xff;2020\n\"\n";
    assert_int_equal(
        lt_legacy_read((struct lt_bytes){(const uint8_t *)strange, sizeof(strange) - 1}, &sheet,
                       &fault),
        LT_MALFORMED);
    assert_non_null(strstr(fault.text, "UTF-8"));
    assert_int_equal(fault.line, 2);
}

static void unicode_stays_as_it_is(void **state)
{
    (void)state;
    static const char text[] = "Họ tên;Nơi công tác;Phong trào\n"
                               "Lê Hà;Xã Bà Điểm;«xanh, sạch»\n"
                               "Võ Văn Bá;Xã Hóc Môn;à la carte\n"
                               "Vò Nam;Lò Rèn;café – 20 m²\n";
    struct lt_sheet sheet = read_text(text, strlen(text));
    assert_string_equal(sheet.note, "");
    assert_string_equal(lt_table_cell(&sheet, 1, 0), "Lê Hà");
    assert_string_equal(lt_table_cell(&sheet, 3, 0), "Vò Nam");
    lt_table_free(&sheet);
}

int main(void)
{
    lt_text_language("vi");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_of_both),
        cmocka_unit_test(syllables_are_told_from_others),
        cmocka_unit_test(converts_what_gains_by_it),
        cmocka_unit_test(what_could_be_either_goes_with_its_column),
        cmocka_unit_test(bytes_of_an_old_file),
        cmocka_unit_test(unicode_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

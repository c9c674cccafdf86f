/* columns.h - what the columns of a clerk's file mean, by their headers.
 *
 * Headers are compared without diacritics, case, spaces and punctuation: "Ngày quyết định",
 * "NGAY QUYET DINH" and "ngay_quyet_dinh" are one. docs/import.md lists all spellings. The header is
 * the first of the first 20 rows that has at least two known columns (reviews put titles above it), or
 * the last line of it, when the lines below it have as many; "Số" there, below "Quyết định", is "Số quyết định".
 *
 * Columns that hold identity numbers or dates of birth refuse the whole file, before anything of it is
 * stored: personal data law, and no figure needs them. So does any cell with a 12-digit identity
 * number in it, whatever its column is called. */
#ifndef LT_COLUMNS_H
#define LT_COLUMNS_H

#include "agent/table.h"

/* constant, name for programs, header in Vietnamese and in English as exports write it, and all spellings, folded */
#define LT_COLUMNS(X)                                                                              \
    X(ROW_REF, row_ref, "Mã dòng", "Row", "madong|row|rowref|rowreference|ref|reference")          \
    X(ACTION, action, "Thao tác", "Action", "thaotac|action")                                      \
    X(REASON, reason, "Lý do", "Reason", "lydo|reason|lydogo|lydoxoa|lydorut")                     \
    X(KIND, kind, "Loại", "Kind", "loai|kind|loaibanghi|recordkind")                               \
    X(CODE, code, "Mã danh hiệu/hình thức", "Code",                                                \
      "madanhhieuhinhthuc|madanhhieu|mahinhthuc|ma|code|danhhieu|hinhthuc|hinhthuckhenthuong|"     \
      "danhhieuhinhthuc|danhhieuhinhthuckhenthuong|danhhieuthidua|award|title|awardcode")          \
    X(AUTHORITY, authority, "Cơ quan quyết định", "Authority",                                     \
      "coquanquyetdinh|coquanqd|authority|capcoquanquyetdinh|coquankhenthuong|donviquyetdinh|"     \
      "decidedby")                                                                                 \
    X(LEVEL, level, "Cấp", "Level", "cap|level|capquyetdinh|capkhenthuong|capkhen")                \
    X(DECISION_NUMBER, decision_number, "Số quyết định", "Decision number",                        \
      "soquyetdinh|soqd|decisionnumber|decisionno|quyetdinhso|qdso|decision")                      \
    X(DECISION_DATE, decision_date, "Ngày quyết định", "Decision date",                            \
      "ngayquyetdinh|ngayqd|decisiondate|ngaythangquyetdinh|ngayky|ngaythangnamquyetdinh")         \
    X(SIGNATORY, signatory, "Người ký", "Signatory", "nguoiky|signatory|signedby")                 \
    X(PERIOD, period, "Thời gian", "Period",                                                       \
      "thoigian|period|namgiaidoan|namthanhtich|thoigianthanhtich|namgiaidoannamhocthoigian|"      \
      "namgiaidoannamhoc")                                                                         \
    X(TYPE, type, "Loại hình", "Type",                                                             \
      "loaihinh|type|loaihinhkhenthuong|loaihinhkhen|awardtype|typeofcommendation")                \
    X(RECIPIENT, recipient, "Đối tượng", "Recipient",                                              \
      "doituong|recipient|doituongkhenthuong|doituongkhen|recipientkind")                          \
    X(ENTERPRISE, enterprise, "Doanh nghiệp", "Enterprise",                                        \
      "doanhnghiep|enterprise|ladoanhnghiep")                                                      \
    X(NAME, name, "Họ tên/Tên", "Name",                                                            \
      "hotenten|hoten|hovaten|ten|name|fullname|tentapthe|tencanhan|tencanhantapthe|"              \
      "tentapthecanhan|hotencanhan|tenho|tenhogiadinh|chuho|tendonvicanhan|hovatentendonvi|"       \
      "tencanhantaptheho|recipientname")                                                           \
    X(WORKPLACE, workplace, "Nơi công tác/Thôn", "Workplace",                                      \
      "noicongtacthon|noicongtac|workplace|thon|donvicongtac|coquancongtac|thontodanpho|"          \
      "khudancu|noicongtacthontodanpho|hamlet")                                                    \
    X(POSITION, position, "Chức vụ", "Position",                                                   \
      "chucvu|position|chucdanh|chucvuchucdanh|jobtitle")                                          \
    X(CATEGORY, category, "Nhóm cán bộ", "Category",                                               \
      "nhomcanbo|category|nhom|nhomdoituong|personnelgroup")                                       \
    X(SEX, sex, "Giới tính", "Sex", "gioitinh|sex|gender")                                         \
    X(POSTHUMOUS, posthumous, "Truy tặng", "Posthumous", "truytang|posthumous")                    \
    X(PLACE, place, "Đơn vị/Nơi nhận", "Place",                                                    \
      "donvinoinhan|donvi|noinhan|place|madonvi|unit|unitcode|diaban|diaphuong|member")            \
    X(FIELD, field, "Lĩnh vực", "Field", "linhvuc|field")                                          \
    X(MOVEMENT, movement, "Phong trào", "Movement",                                                \
      "phongtrao|movement|phongtraothidua|thuocphongtrao")                                         \
    X(STATUS, status, "Trạng thái", "Status", "trangthai|status|tinhtrang")                        \
    X(QUANTITY, quantity, "Số lượng", "Quantity", "soluong|quantity|tongso|number|count")          \
    X(SUBMITTED_BY, submitted_by, "Cấp trình", "Submitted by",                                     \
      "captrinh|submittedby|captrinhkhen")                                                         \
    X(NOTE, note, "Ghi chú", "Note", "ghichu|note|notes|remark|remarks")                           \
    X(SUBMITTER, submitter, "Đơn vị trình", "Submitter",                                           \
      "donvitrinh|submitter|coquantrinh|submittingunit")                                           \
    X(SUBMISSION_NUMBER, submission_number, "Số tờ trình", "Submission number",                    \
      "sototrinh|submissionnumber|totrinhso|sottr|sotrinh")                                        \
    X(SUBMISSION_DATE, submission_date, "Ngày trình", "Submission date",                           \
      "ngaytrinh|submissiondate|ngaytotrinh|ngaythangtrinh")                                       \
    X(OUTCOME, outcome, "Kết quả xét", "Outcome",                                                  \
      "ketquaxet|outcome|ketquadenghi|ketquaxetduyet|ketquaxuly")                                  \
    X(MOVEMENT_CODE, movement_code, "Mã phong trào", "Movement code", "maphongtrao|movementcode")  \
    X(MOVEMENT_NAME, movement_name, "Tên phong trào", "Movement name",                             \
      "tenphongtrao|movementname|tenphongtraothidua")                                              \
    X(LAUNCHER, launcher, "Đơn vị phát động", "Launcher",                                          \
      "donviphatdong|launcher|coquanphatdong|noiphatdong|launchedby")                              \
    X(SCOPE, scope, "Phạm vi", "Scope", "phamvi|scope")                                            \
    X(FROM, from, "Từ ngày", "From", "tungay|from|ngaybatdau|batdau|startdate")                    \
    X(TO, to, "Đến ngày", "To", "denngay|to|ngayketthuc|ketthuc|enddate")                          \
    X(METHOD, method, "Cách tổ chức", "Method",                                                    \
      "cachtochuc|method|hinhthuctochuc|hinhthucthidua|thematic|chuyende")                         \
    X(IMPLEMENTS, implements, "Thực hiện phong trào", "Implements",                                \
      "thuchienphongtrao|implements|huongungphongtrao|phongtraocaptren|huongung")                  \
    X(CLUSTER, cluster, "Cụm/Khối", "Cluster",                                                     \
      "cumkhoi|cum|khoi|cluster|bloc|cumthidua|khoithidua|cumkhoithidua|khoicum|khoicumthidua")    \
    X(THEME, theme, "Chủ đề", "Theme", "chude|theme|noidunggiaouoc")                               \
    X(MEMBERS, members, "Thành viên", "Members", "thanhvien|members|donvithanhvien|cacdonvi")      \
    X(LEAD, lead, "Cụm trưởng/Khối trưởng", "Lead",                                                \
      "cumtruongkhoitruong|cumtruong|khoitruong|lead|leadunit|donvicumtruong")                     \
    X(MANAGING, managing, "Đơn vị quản lý", "Managing unit",                                       \
      "donviquanly|managingunit|managing|coquanquanly|donvitochuc")                                \
    X(POINTS_SELF, points_self, "Điểm tự chấm", "Self-scored",                                     \
      "diemtucham|pointsself|selfscored|tucham|selfpoints")                                        \
    X(POINTS_VERIFIED, points_verified, "Điểm thẩm định", "Verified",                              \
      "diemthamdinh|pointsverified|verified|verifiedpoints")                                       \
    X(POINTS_FINAL, points_final, "Điểm", "Points",                                                \
      "diem|points|pointsfinal|tongdiem|diemcuoi|diemchot|finalpoints|final|diemchungcuoc")        \
    X(BONUS, bonus, "Điểm thưởng", "Bonus", "diemthuong|bonus|diemcong")                           \
    X(PENALTY, penalty, "Điểm trừ", "Penalty", "diemtru|penalty|diemphat")                         \
    X(RANK, rank, "Xếp hạng", "Rank", "xephang|rank|hang|thuhang|xepthu")                          \
    X(MODEL, model, "Mô hình", "Model", "mohinh|model|tenmohinh|dienhinh|tendienhinh")             \
    X(DECLARED_KIND, declared_kind, "Loại số liệu", "Declared kind",                               \
      "loaisolieu|declaredkind|chotloai")                                                          \
    X(NIL, nil, "Không phát sinh", "Nil", "khongphatsinh|nil|khongcosolieu")                       \
    X(TOTALS, totals, "Số đối chiếu", "Control totals",                                            \
      "sodoichieu|controltotals|totals|tongdoichieu")                                              \
    X(YEAR, year, "Năm", "Year", "nam|year")                                                       \
    X(SPAN, span, "Giai đoạn", "Years", "giaidoan|years|span")                                     \
    X(SCHOOL_YEAR, school_year, "Năm học", "School year", "namhoc|schoolyear")                     \
    X(VERDICT, verdict, "Kết quả", "Verdict", "ketqua|verdict|result")                             \
    X(VERDICT_REASON, verdict_reason, "Lý do kết quả", "Verdict reason",                           \
      "lydoketqua|verdictreason|visao")                                                            \
    X(ORDINAL, ordinal, "STT", "No.", "stt|tt|sothutu|no|ordinal")

#define LT_COLUMN_ENUM(name, plain, vi, en, spellings) LT_COL_##name,
enum lt_column { LT_COLUMNS(LT_COLUMN_ENUM) LT_COLUMN_COUNT };
#undef LT_COLUMN_ENUM

/* Header of a column as exports write it, in the language of the process. */
const char *lt_column_header(enum lt_column column);
/* Its name for programs: row_ref, decision_number … */
const char *lt_column_name(enum lt_column column);
/* Meaning of a header; LT_COLUMN_COUNT: unknown. */
enum lt_column lt_column_of(const char *header);
/* Does a header name identity numbers or dates of birth? */
bool lt_column_is_private(const char *header);
/* Is there a Vietnamese identity number in the text: 12 digits standing alone, beginning with the code
 * of a province of birth (001 to 096)? */
bool lt_column_has_identity_number(const char *text);

/* Which column of a sheet says what. */
struct lt_columns {
    size_t header_row; /* index of the header in lt_sheet.rows */
    size_t count; /* columns of the header */
    int16_t at[LT_COLUMN_COUNT]; /* column of the sheet; -1: absent */
    uint8_t meaning[LT_TABLE_COLUMNS_MAX]; /* of a column of the sheet; LT_COLUMN_COUNT: ignored */
};
/* How many columns the header of a sheet has that are known. */
size_t lt_columns_known(const struct lt_sheet *sheet);
/* LT_REFUSED: personal columns or cells. LT_MALFORMED: no header, or two columns of one meaning. */
enum lt_result lt_columns_find(const struct lt_sheet *sheet, struct lt_columns *ret_columns,
                               struct lt_sheet_fault *ret_fault);

#endif

/* What is wrong with a unit, in words, and what to do about it. */
#include "hub/web/fleet.h"

static const struct lt_trouble_words all[LT_TROUBLES] = {
    [LT_T_FORKED] =
        {"forked", "Một máy có mặt ở hai nơi (chuỗi rẽ nhánh)",
         "One machine is there twice (its chain forks)",
         "Hỏi đơn vị: máy bị sao chép ở đâu. Tắt bản sao; nếu nghi mất cắp, thu hồi khóa "
         "(lienthong-hub revoke).",
         "Ask the unit where the PC was copied. Turn the copy off; if it may be stolen, end "
         "its key (lienthong-hub revoke).",
         true},
    [LT_T_ALTERED] =
        {"altered", "Hub ở giữa mang đến thứ không phải do đơn vị ký",
         "A hub between brought what the unit did not sign",
         "Không có gì trong đó được tính. Kiểm tra hub đó; đọc cảnh báo ở trang đơn vị.",
         "None of it counts. Have that hub looked at; read the alarm on the unit's page.", true},
    [LT_T_CUT] = {"cut", "Bị hạn chế hoặc ngắt vì gửi quá nhiều",
                  "Slowed or cut off: it sends too much",
                  "Xem máy có bị nhiễm mã độc hoặc lỗi không. Nó tự được nhận lại sau giờ nghỉ.",
                  "Look whether the machine is infected or broken. It is let in again by itself.",
                  true},
    [LT_T_KEPT_BACK] = {"kept_back", "Đơn vị nói có nhiều hơn số đã đến, từ lâu",
                        "The unit has said more than came here, for long",
                        "Hub ở giữa có thể đang giữ lại. Hỏi người vận hành hub đó.",
                        "A hub between may keep it back. Ask who runs that hub.", true},
    [LT_T_BY_ITSELF] = {"by_itself", "Nói thẳng với hub này; qua hub của nó không đến",
                        "Speaks to this hub itself; nothing comes through its own hub",
                        "Kiểm tra hub trực tiếp của đơn vị: nó không chuyển lên.",
                        "Look at the unit's own hub: it passes nothing upward.", true},
    [LT_T_OLD_BACKLOG] =
        {"backlog", "Có bản ghi đã lâu chưa tới cấp cao nhất",
         "Has records that have not reached the top for long",
         "Kiểm tra đường mạng của đơn vị và của các hub ở giữa; hoặc mang bằng USB "
         "(lienthong-agent "
         "bundle).",
         "Look at the unit's link, and at the hubs between; or carry it by USB stick "
         "(lienthong-agent bundle).",
         true},
    [LT_T_SILENT] = {"silent", "Im lặng lâu hơn thường lệ của chính đơn vị",
                     "Silent for longer than is its habit",
                     "Gọi đơn vị: máy có bật không, mạng có thông không.",
                     "Call the unit: is the PC on, is the network up.", true},
    [LT_T_NEVER] = {"never", "Đã được cấp khóa nhưng chưa bao giờ nghe thấy",
                    "Has a key, and was never heard",
                    "Hỏi đơn vị đã cài đặt xong chưa; cần thì mời lại (lienthong-hub invite).",
                    "Ask whether it was set up; invite again if need be (lienthong-hub invite).",
                    true},
    [LT_T_WAITS] = {"waits", "Khóa đang chờ cấp cao nhất chấp thuận",
                    "A key waits for the top's word",
                    "Hỏi chính đơn vị khóa có phải của họ không, rồi duyệt ở trang của đơn vị, tại "
                    "cấp cao nhất.",
                    "Ask the office itself whether the key is theirs, then approve it on the "
                    "unit's page, at the top.",
                    true},
    [LT_T_REPLACED] =
        {"replaced", "Máy khác đã vào thay hoặc vào thêm",
         "Another machine came in its place, or beside it",
         "Hỏi đơn vị có thay máy không; máy cũ mất thì thu hồi khóa của nó.",
         "Ask the unit whether it changed PCs; if the former one is lost, end its key.", false},
    [LT_T_RESTORED] = {"restored", "Máy đã được khôi phục từ bản sao lưu",
                       "Was restored from a backup",
                       "Không phải làm gì nếu đơn vị biết; phần thiếu tự được gửi lại.",
                       "Nothing, if the unit knows of it; what lacks is sent again by itself.",
                       false},
    [LT_T_QUARANTINED] = {"quarantined", "Có thay đổi bị giữ lại, không được tính",
                          "Changes are quarantined and do not count",
                          "Mở trang đơn vị để xem lý do, báo đơn vị sửa.",
                          "See why on the unit's page, and have the unit correct it.", false},
    [LT_T_REFUSED] = {"refused", "Có bản cập nhật bị từ chối", "Updates of it were refused",
                      "Xem nhật ký của hub; thường là khóa hoặc phiên bản cũ.",
                      "See the hub's log; it is mostly a key, or an old version.", false},
    [LT_T_CONTESTED] = {"contested", "Có bản ghi bị tranh chấp",
                        "Some of its records are contested",
                        "Hai máy của đơn vị nói khác nhau: đơn vị chọn bản đúng.",
                        "Two PCs of the unit say different things: it has to choose.", false},
    [LT_T_DISK] = {"disk", "Ổ đĩa sắp đầy", "Its disk is nearly full",
                   "Báo đơn vị giải phóng ổ đĩa.", "Have the unit free some of its disk.", false},
    [LT_T_CLOCK] = {"clock", "Đồng hồ máy sai", "Its clock is off",
                    "Báo đơn vị chỉnh đồng hồ; dữ liệu không bị ảnh hưởng.",
                    "Have the unit set its clock; no data are harmed.", false},
    [LT_T_OLD_VERSION] = {"old_version", "Chạy phiên bản cũ", "Runs an old version",
                          "Cập nhật chương trình ở đơn vị.", "Update the program there.", false},
};

const struct lt_trouble_words *lt_trouble_words(enum lt_trouble trouble)
{
    return &all[trouble];
}

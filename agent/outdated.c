#include "agent/outdated.h"

#include <stdio.h>

#include "agent/text.h"
#include "proto/standing.h"

void lt_outdated_look(struct lt_journal *journal, struct lt_outdated *ret_outdated)
{
    const struct lt_book *book = lt_journal_book(journal);
    ret_outdated->announced = book != NULL ? lt_book_body_announced(book) : LT_BODY_VERSION_FIRST;
    ret_outdated->older = ret_outdated->announced > LT_BODY_VERSION;
    ret_outdated->unread = lt_journal_unread(journal);
}

void lt_outdated_print(const struct lt_outdated *outdated)
{
    if (outdated->older) {
        puts(lt_text(
            "PHẦN MỀM CŨ:      các nơi đã chuyển sang phiên bản mới; số liệu máy này gửi vẫn được "
            "nhận và tính, nhưng hãy cập nhật chương trình",
            "OUTDATED:         others have gone over to a newer version; what this PC sends is "
            "still "
            "taken and counted, but upgrade the program"));
    }
    if (outdated->unread) {
        puts(lt_text(
            "CHƯA ĐỌC ĐƯỢC:    máy khác của đơn vị đã ghi bằng phiên bản mới hơn, máy này không "
            "thấy "
            "những bản ghi đó; hãy cập nhật chương trình trước khi nhập tiếp",
            "CANNOT READ:      another machine of the unit has written by a newer version, and its "
            "records are not seen here; upgrade the program before you go on"));
    }
}

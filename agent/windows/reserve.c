#include "agent/reserve.h"

#include "agent/windows/wide.h"

enum lt_result lt_file_reserve(int fd, uint64_t size)
{
    FILE_ALLOCATION_INFO room = {.AllocationSize.QuadPart = (LONGLONG)size};
    if (SetFileInformationByHandle((HANDLE)_get_osfhandle(fd), FileAllocationInfo, &room,
                                   sizeof(room))) {
        return LT_OK;
    }
    return GetLastError() == ERROR_DISK_FULL ? LT_NO_SPACE : LT_OK; /* FAT32 cannot */
}

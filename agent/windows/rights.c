/* Who may read a file. */
#include <aclapi.h>
#include <errno.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/windows/wide.h"

/* The process's user, as TOKEN_USER; to be freed. NULL: errno. */
static TOKEN_USER *own_user(void)
{
    HANDLE token;
    DWORD size = 0;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        lt_wide_fail();
        return NULL;
    }
    (void)GetTokenInformation(token, TokenUser, NULL, 0, &size);
    TOKEN_USER *user = malloc(size > 0 ? size : 1);
    if (user != NULL && !GetTokenInformation(token, TokenUser, user, size, &size)) {
        lt_wide_fail();
        free(user);
        user = NULL;
    }
    CloseHandle(token);
    return user;
}

PSECURITY_DESCRIPTOR lt_rights_own(void)
{
    PSECURITY_DESCRIPTOR rights = NULL;
    TOKEN_USER *user = own_user();
    char *name = NULL, text[400];
    if (user == NULL || !ConvertSidToStringSidA(user->User.Sid, &name)) {
        lt_wide_fail();
        free(user);
        return NULL;
    }
    /* Protected: nothing is handed down to it. Full access, handed on to what is made below. */
    snprintf(text, sizeof(text), "D:P(A;OICI;FA;;;%s)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", name);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &rights,
                                                              NULL)) {
        lt_wide_fail();
        rights = NULL;
    }
    LocalFree(name);
    free(user);
    return rights;
}

static bool is_trusted(PSID who, PSID user)
{
    return EqualSid(who, user) || IsWellKnownSid(who, WinLocalSystemSid) ||
           IsWellKnownSid(who, WinBuiltinAdministratorsSid) ||
           IsWellKnownSid(who, WinCreatorOwnerSid) || IsWellKnownSid(who, WinCreatorOwnerRightsSid);
}

static void look_at_list(PACL list, PSID user, bool *ret_read, bool *ret_write)
{
    for (DWORD i = 0; list != NULL && i < list->AceCount; i++) {
        void *at;
        if (!GetAce(list, i, &at))
            continue;
        const ACE_HEADER *header = at;
        ACCESS_ALLOWED_ACE *entry = at;
        if (header->AceType != ACCESS_ALLOWED_ACE_TYPE ||
            (header->AceFlags & INHERIT_ONLY_ACE) != 0 || is_trusted(&entry->SidStart, user))
            continue;
        *ret_read = *ret_read || (entry->Mask & (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL)) != 0;
        *ret_write = *ret_write || (entry->Mask & (FILE_WRITE_DATA | FILE_APPEND_DATA | WRITE_DAC |
                                                   WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)) != 0;
    }
}

bool lt_rights_look(HANDLE file, bool *ret_own, bool *ret_others_read, bool *ret_others_write)
{
    PSID owner = NULL;
    PACL list = NULL;
    PSECURITY_DESCRIPTOR rights = NULL;
    TOKEN_USER *user = own_user();
    DWORD error = user == NULL
                      ? ERROR_ACCESS_DENIED
                      : GetSecurityInfo(file, SE_FILE_OBJECT,
                                        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                        &owner, NULL, &list, NULL, &rights);
    if (error != ERROR_SUCCESS || owner == NULL) {
        errno = lt_wide_errno(error);
        free(user);
        return false;
    }
    bool read = list == NULL, write = list == NULL; /* no list: everyone may do all */
    look_at_list(list, user->User.Sid, &read, &write);
    *ret_own = is_trusted(owner, user->User.Sid);
    *ret_others_read = read;
    *ret_others_write = write;
    LocalFree(rights);
    free(user);
    return true;
}

bool lt_rights_set_own(const wchar_t *path)
{
    PSECURITY_DESCRIPTOR rights = lt_rights_own();
    if (rights == NULL)
        return false;
    bool good = SetFileSecurityW(
        path, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, rights);
    if (!good)
        lt_wide_fail();
    LocalFree(rights);
    return good;
}

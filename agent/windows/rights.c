/* Who may read a file, by wide.h. */
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

/* The account "NT SERVICE\\lienthong-agent": S-1-5-80 and the SHA-1 of the name's capitals in UTF-16. Nobody but who may
 * install services can have it. */
#define SERVICE_SID "S-1-5-80-2516662728-1648556077-1609134925-121490652-2416785053"
static struct {
    BYTE revision, count;
    SID_IDENTIFIER_AUTHORITY authority;
    DWORD parts[6];
} service_account = {
    1,
    6,
    {{0, 0, 0, 0, 0, 5}},
    {80, 2516662728U, 1648556077U, 1609134925U, 121490652U, 2416785053U},
};

/* Does this process act with an administrator's rights? Then what it makes is the administrators', not one person's: the
 * service and each of them find it trusted. */
static bool is_administrator(void)
{
    union {
        SID sid;
        BYTE bytes[SECURITY_MAX_SID_SIZE];
    } administrators;
    DWORD size = sizeof(administrators);
    BOOL member = FALSE;
    return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, &administrators.sid, &size) &&
           CheckTokenMembership(NULL, &administrators.sid, &member) && member;
}

/* Protected: nothing is handed down to it. Full access, handed on to what is made below. */
static PSECURITY_DESCRIPTOR describe(const char *owner, const char *person)
{
    PSECURITY_DESCRIPTOR rights = NULL;
    char text[500];
    snprintf(text, sizeof(text),
             "%sD:P%s%s%s(A;OICI;FA;;;" SERVICE_SID ")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", owner,
             person[0] != '\0' ? "(A;OICI;FA;;;" : "", person, person[0] != '\0' ? ")" : "");
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &rights,
                                                              NULL)) {
        lt_wide_fail();
        return NULL;
    }
    return rights;
}

PSECURITY_DESCRIPTOR lt_rights_own(void)
{
    if (is_administrator())
        return describe("O:BA", "");
    TOKEN_USER *user = own_user();
    char *name = NULL;
    if (user == NULL || !ConvertSidToStringSidA(user->User.Sid, &name)) {
        lt_wide_fail();
        free(user);
        return NULL;
    }
    PSECURITY_DESCRIPTOR rights = describe("", name);
    LocalFree(name);
    free(user);
    return rights;
}

static bool is_trusted(PSID who, PSID user)
{
    return EqualSid(who, user) || IsWellKnownSid(who, WinLocalSystemSid) ||
           IsWellKnownSid(who, WinBuiltinAdministratorsSid) || EqualSid(who, &service_account) ||
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

static bool give(const wchar_t *path, PSECURITY_DESCRIPTOR rights, SECURITY_INFORMATION parts)
{
    if (SetFileSecurityW(path, parts, rights))
        return true;
    lt_wide_fail();
    return false;
}

bool lt_rights_set_own(const wchar_t *path)
{
    PSECURITY_DESCRIPTOR rights = lt_rights_own();
    if (rights == NULL)
        return false;
    bool good = give(path, rights, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION);
    LocalFree(rights);
    return good;
}

bool lt_rights_set_service(const wchar_t *path)
{
    PSECURITY_DESCRIPTOR rights = describe("O:BA", "");
    if (rights == NULL)
        return false;
    bool good = give(path, rights,
                     OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                         PROTECTED_DACL_SECURITY_INFORMATION);
    LocalFree(rights);
    return good;
}

static void entry_for(PSID who, EXPLICIT_ACCESS_W *ret_entry)
{
    *ret_entry = (EXPLICIT_ACCESS_W){
        .grfAccessPermissions =
            FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE,
        .grfAccessMode = SET_ACCESS,
        .grfInheritance = SUB_CONTAINERS_AND_OBJECTS_INHERIT,
    };
    BuildTrusteeWithSidW(&ret_entry->Trustee, who);
}

bool lt_rights_let_service(const wchar_t *path, bool and_who_sits_there)
{
    EXPLICIT_ACCESS_W entries[2];
    union {
        SID sid;
        BYTE bytes[SECURITY_MAX_SID_SIZE];
    } interactive;
    DWORD size = sizeof(interactive);
    PACL list = NULL, longer = NULL;
    PSECURITY_DESCRIPTOR rights = NULL;
    wchar_t copy[LT_WIDE_MAX]; /* these calls take no constant */
    wcscpy(copy, path);
    entry_for(&service_account, &entries[0]);
    if (!CreateWellKnownSid(WinInteractiveSid, NULL, &interactive.sid, &size))
        return false;
    entry_for(&interactive.sid, &entries[1]);
    DWORD error = GetNamedSecurityInfoW(copy, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                        &list, NULL, &rights);
    if (error == ERROR_SUCCESS && list != NULL) { /* none: everyone may do all */
        error = SetEntriesInAclW(and_who_sits_there ? 2 : 1, entries, list, &longer);
        if (error == ERROR_SUCCESS)
            error = SetNamedSecurityInfoW(copy, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                          NULL, longer, NULL);
    }
    LocalFree(longer);
    LocalFree(rights);
    errno = lt_wide_errno(error);
    return error == ERROR_SUCCESS;
}

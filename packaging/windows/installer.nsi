; installer.nsi - installs the agent on a PC: its program, its service, and the unit that it joins. Made by installer.sh.
;
;   lienthong-agent-setup.exe [/S] [/CODE=LT1-…] [/FOLDER=C:\…] [/LANG=en]
;
; /S asks nothing. The code may be left out where this PC has joined before, which is then an upgrade in place. Exit code:
; 0 done; 1 stopped by the user; 2 not done, and why stands at the end of $INSTDIR\install.log. The code is a secret while it
; lasts: it is handed over in a file, and written to no log. What is read is Vietnamese, English by /LANG=en.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
RequestExecutionLevel admin
ManifestDPIAware true
Name "Lienthong"
BrandingText "lienthong-agent ${VERSION}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Lienthong"
ShowInstDetails show
ShowUninstDetails show

!include MUI2.nsh
!include nsDialogs.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include x64.nsh

!define AGENT "lienthong-agent.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lienthong"
Var Data ; of the site
Var Program ; that Run runs
Var Code
Var Folder
Var CodeField
Var FolderField
Var Exit ; of what Run ran
Var Said

!define MUI_ABORTWARNING
Page custom Ask Asked
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE Vietnamese
!insertmacro MUI_LANGUAGE English

!macro TEXT NAME VI EN
LangString ${NAME} ${LANG_VIETNAMESE} "${VI}"
LangString ${NAME} ${LANG_ENGLISH} "${EN}"
!macroend
!insertmacro TEXT ASK_TITLE "Máy này của đơn vị nào?" "Whose PC is this?"
!insertmacro TEXT ASK_ABOUT "Nhập mã tham gia mà cấp trên đã cấp." "Enter the join code that the hub gave out."
!insertmacro TEXT ASK_CODE "Mã tham gia (bắt đầu bằng LT1-; bỏ trống nếu máy đã tham gia):" "Join code (begins with LT1-; none where this PC has joined before):"
!insertmacro TEXT ASK_FOLDER "Thư mục để người nhập liệu thả tệp:" "Folder into which the clerk puts files:"
!insertmacro TEXT BROWSE "Chọn…" "Browse…"
!insertmacro TEXT NEEDS_CODE "Cần mã tham gia: xin cấp trên, rồi nhập vào đây (khi cài tự động: /CODE=LT1-…)." "A join code is needed: ask the hub for one, and enter it here (unattended: /CODE=LT1-…)."
!insertmacro TEXT BAD_FOLDER "Thư mục thả tệp phải là đường dẫn đầy đủ, không có dấu nháy kép hay dấu phần trăm:" "The drop folder must be a whole path, without quotes and per cent signs:"
!insertmacro TEXT NEEDS_64 "Cần Windows 64 bit." "64-bit Windows is needed."
!insertmacro TEXT STOPPING "Dừng dịch vụ cũ" "Stopping the service that is there"
!insertmacro TEXT JOINING "Tham gia bằng mã (nhiều nhất một phút)" "Joining by the code (a minute at most)"
!insertmacro TEXT FOLDER_SET "Đặt thư mục thả tệp" "Setting the drop folder"
!insertmacro TEXT INSTALLING "Cài và khởi động dịch vụ" "Installing and starting the service"
!insertmacro TEXT NOT_REPLACED "Không thay được chương trình cũ; hãy khởi động lại máy rồi cài lại." "The program that is there cannot be replaced; restart the PC and install again."
!insertmacro TEXT NOT_DONE "Chưa cài xong. Cài lại lúc nào cũng được, với cùng mã." "Not done. It may be installed again at any time, with the same code."
!insertmacro TEXT DONE "Đã cài xong. Thư mục thả tệp:" "Done. The drop folder:"
!insertmacro TEXT SHOWN "Liên thông: gửi báo cáo của đơn vị" "Lienthong: this unit's reports"
!insertmacro TEXT DATA_STAYS "Dữ liệu của đơn vị (bản ghi và khóa) còn nguyên, ở:" "This unit's data (records and keys) stays, in:"

; ---- Shared by both programs ----

!macro SHARED UN
Function ${UN}ChooseLanguage
    ${GetParameters} $R0
    ClearErrors
    ${GetOptions} $R0 "/LANG=" $R1
    StrCpy $LANGUAGE ${LANG_VIETNAMESE}
    ${If} $R1 == "en"
        StrCpy $LANGUAGE ${LANG_ENGLISH}
    ${EndIf}
    SetShellVarContext all
    SetRegView 64
    StrCpy $Data "$APPDATA\Lienthong"
    StrCpy $Program "$INSTDIR\${AGENT}"
FunctionEnd

; Adds $R0 to the log, in UTF-16 as Notepad and NSIS know it.
Function ${UN}Log
    FileOpen $R1 "$INSTDIR\install.log" a
    FileSeek $R1 0 END $R2
    ${If} $R2 = 0
        FileWriteUTF16LE /BOM $R1 "$R0$\r$\n"
    ${Else}
        FileWriteUTF16LE $R1 "$R0$\r$\n"
    ${EndIf}
    FileClose $R1
FunctionEnd

; Runs $Program with the arguments of $R9: $Exit, and $Said, which it says in UTF-8. Both are logged and shown.
Function ${UN}Run
    StrCpy $R8 "vi"
    ${If} $LANGUAGE = ${LANG_ENGLISH}
        StrCpy $R8 "en"
    ${EndIf}
    nsExec::Exec '"$SYSDIR\cmd.exe" /d /c ""$Program" $R9 --lang $R8 >"$PLUGINSDIR\said.txt" 2>&1"'
    Pop $Exit
    StrCpy $Said ""
    System::Alloc 2048
    Pop $R7
    FileOpen $R6 "$PLUGINSDIR\said.txt" r
    System::Call 'kernel32::ReadFile(p R6, p R7, i 1500, *i .R5, p 0)'
    FileClose $R6
    System::Call 'kernel32::MultiByteToWideChar(i 65001, i 0, p R7, i -1, w .R4, i 1000)'
    System::Free $R7
    StrCpy $Said $R4
    StrCpy $R0 "lienthong-agent $R9: $Exit$\r$\n$Said"
    Call ${UN}Log
    DetailPrint $Said
FunctionEnd
!macroend
!insertmacro SHARED ""
!insertmacro SHARED "un."

; ---- Installing ----

; Ends with $R0, which is logged and shown; what was there before runs again.
Function Fail
    Call Log
    DetailPrint $R0
    StrCpy $Program "$INSTDIR\${AGENT}"
    ${IfNot} ${FileExists} $Program
        Rename "$Program.old" $Program
    ${EndIf}
    ${If} ${FileExists} "$Data\sign.key"
        StrCpy $R3 $R0
        StrCpy $R9 "service start"
        Call Run
        StrCpy $R0 $R3
        Call Log
    ${EndIf}
    MessageBox MB_ICONSTOP "$R0$\r$\n$\r$\n$(NOT_DONE)" /SD IDOK
    SetErrorLevel 2
    Abort
FunctionEnd

; What the agent did not do ends the installing.
!macro RUN ARGUMENTS
    StrCpy $R9 `${ARGUMENTS}`
    Call Run
    ${If} $Exit != 0
        StrCpy $R0 $Said
        Call Fail
    ${EndIf}
!macroend

; Is what was asked for enough? $R0: "", or why not.
Function Check
    StrCpy $R0 ""
    StrCpy $R1 $Folder 2 1
    ${If} $Code == ""
    ${AndIfNot} ${FileExists} "$Data\sign.key"
        StrCpy $R0 "$(NEEDS_CODE)"
    ${ElseIf} $Folder != ""
        ${If} $R1 != ":\"
            StrCpy $R0 "$(BAD_FOLDER) $Folder"
        ${EndIf}
        StrCpy $R2 0
        ${Do}
            StrCpy $R1 $Folder 1 $R2
            ${If} $R1 == '"'
            ${OrIf} $R1 == "%"
                StrCpy $R0 "$(BAD_FOLDER) $Folder"
            ${EndIf}
            IntOp $R2 $R2 + 1
        ${LoopUntil} $R1 == ""
    ${EndIf}
FunctionEnd

Function .onInit
    Call ChooseLanguage
    ${GetParameters} $R0
    ClearErrors
    ${GetOptions} $R0 "/CODE=" $Code
    ${GetOptions} $R0 "/FOLDER=" $Folder
    ${If} $Folder == ""
    ${AndIfNot} ${FileExists} "$Data\drop-folder"
        StrCpy $Folder "$DESKTOP\Liên thông"
    ${EndIf}
    CreateDirectory $INSTDIR
    ${IfNot} ${RunningX64}
        StrCpy $R0 "$(NEEDS_64)"
        Goto no
    ${EndIf}
    ${IfNot} ${Silent}
        Return
    ${EndIf}
    Call Check
    StrCmp $R0 "" 0 no
    Return
no:
    Call Log
    MessageBox MB_ICONSTOP $R0 /SD IDOK
    SetErrorLevel 2
    Quit
FunctionEnd

Function Ask
    !insertmacro MUI_HEADER_TEXT $(ASK_TITLE) $(ASK_ABOUT)
    nsDialogs::Create 1018
    Pop $R0
    ${NSD_CreateLabel} 0 0 100% 12u $(ASK_CODE)
    Pop $R0
    ${NSD_CreateText} 0 14u 100% 12u $Code
    Pop $CodeField
    ${NSD_CreateLabel} 0 44u 100% 12u $(ASK_FOLDER)
    Pop $R0
    ${NSD_CreateText} 0 58u 78% 12u $Folder
    Pop $FolderField
    ${NSD_CreateButton} 80% 57u 20% 14u $(BROWSE)
    Pop $R0
    ${NSD_OnClick} $R0 Browse
    nsDialogs::Show
FunctionEnd

Function Browse
    Pop $R0
    nsDialogs::SelectFolderDialog $(ASK_FOLDER) $DESKTOP
    Pop $R0
    ${If} $R0 != error
        ${NSD_SetText} $FolderField $R0
    ${EndIf}
FunctionEnd

Function Asked
    ${NSD_GetText} $CodeField $Code
    ${NSD_GetText} $FolderField $Folder
    Call Check
    ${If} $R0 != ""
        MessageBox MB_ICONEXCLAMATION $R0
        Abort
    ${EndIf}
FunctionEnd

; The new program stops the service, whatever has become of the old one. What still runs of that can be renamed, though not
; replaced.
Function Replace
    DetailPrint $(STOPPING)
    StrCpy $Program "$PLUGINSDIR\${AGENT}"
    File "/oname=$PLUGINSDIR\${AGENT}" "${PROGRAM}"
    !insertmacro RUN "service stop"
    StrCpy $Program "$INSTDIR\${AGENT}"
    ClearErrors
    ${If} ${FileExists} $Program
        Delete "$Program.old"
        Rename $Program "$Program.old"
    ${EndIf}
    SetOverwrite try
    File "/oname=${AGENT}" "${PROGRAM}"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    ${If} ${Errors}
        StrCpy $R0 "$(NOT_REPLACED)"
        Call Fail
    ${EndIf}
FunctionEnd

Function Register
    WriteRegStr HKLM "${UNINSTALL}" DisplayName "$(SHOWN)"
    WriteRegStr HKLM "${UNINSTALL}" DisplayVersion "${VERSION}"
    WriteRegStr HKLM "${UNINSTALL}" DisplayIcon "$INSTDIR\${AGENT}"
    WriteRegStr HKLM "${UNINSTALL}" InstallLocation "$INSTDIR"
    WriteRegStr HKLM "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKLM "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKLM "${UNINSTALL}" NoModify 1
    WriteRegDWORD HKLM "${UNINSTALL}" NoRepair 1
FunctionEnd

Section
    InitPluginsDir
    SetOutPath $INSTDIR
    StrCpy $R0 "lienthong-agent ${VERSION}"
    Call Log
    Call Replace
    Call Register
    ${If} $Code != ""
        DetailPrint $(JOINING)
        FileOpen $R0 "$PLUGINSDIR\code.txt" w
        FileWrite $R0 $Code
        FileClose $R0
        StrCpy $R9 'join --file "$PLUGINSDIR\code.txt" --wait 60 --dir "$Data"'
        Call Run
        Delete "$PLUGINSDIR\code.txt"
        ${If} $Exit != 0
            StrCpy $R0 $Said
            Call Fail
        ${EndIf}
    ${EndIf}
    ${If} $Folder != ""
        DetailPrint $(FOLDER_SET)
        !insertmacro RUN 'drop --folder "$Folder" --dir "$Data"'
    ${EndIf}
    DetailPrint $(INSTALLING)
    !insertmacro RUN 'service install --dir "$Data"'
    !insertmacro RUN "service start"
    Delete /REBOOTOK "$Program.old"
    StrCpy $R0 "$(DONE) $Folder"
    Call Log
    DetailPrint $R0
SectionEnd

; ---- Removing ----

Function un.onInit
    Call un.ChooseLanguage
FunctionEnd

Section Uninstall
    InitPluginsDir
    StrCpy $R9 "service remove"
    Call un.Run
    ${If} $Exit != 0
        MessageBox MB_ICONSTOP $Said /SD IDOK
        SetErrorLevel 2
        Abort
    ${EndIf}
    Delete /REBOOTOK $Program
    Delete /REBOOTOK "$Program.old"
    Delete "$INSTDIR\install.log"
    Delete "$INSTDIR\uninstall.exe"
    RMDir $INSTDIR
    DeleteRegKey HKLM "${UNINSTALL}"
    DetailPrint "$(DATA_STAYS) $Data"
    MessageBox MB_ICONINFORMATION "$(DATA_STAYS)$\r$\n$Data" /SD IDOK
SectionEnd

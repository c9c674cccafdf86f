# How the agent is compiled and linked for Windows: statically, with what mingw-w64 knows of hardening. The image moves
# (ASLR, 64 bits of it), its data is not run (DEP).
add_compile_definitions(_FILE_OFFSET_BITS=64 __USE_MINGW_ANSI_STDIO=1 _WIN32_WINNT=0x0A00 WIN32_LEAN_AND_MEAN UNICODE _UNICODE
  _CRT_RAND_S)
add_link_options(-static -fstack-protector-strong -Wl,--dynamicbase,--high-entropy-va,--nxcompat,--no-insert-timestamp)

/* sys/file.h - flock: agent/windows/posix.h has it. */

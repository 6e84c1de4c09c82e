/* SPDX-License-Identifier: MIT */
/* Forget the SYSCALLn macros after an inclusion of syscalls.def. No guard. */
#undef SYSCALL0
#undef SYSCALL1
#undef SYSCALL2
#undef SYSCALL3
#undef SYSCALL4
#undef SYSCALL5
#undef SYSCALL6

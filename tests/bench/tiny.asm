; SPDX-License-Identifier: MIT
; The smallest program that ends well: what the exec measurements execute.
section .text
global _start
_start:
	mov	eax, 231		; exit_group
	xor	edi, edi
	syscall

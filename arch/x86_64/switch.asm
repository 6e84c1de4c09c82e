; SPDX-License-Identifier: MIT
;
; void switch_stacks(u64 *save_sp, u64 load_sp): leave one kernel stack for
; another. The callee-saved registers go along on the stacks; everything else
; about a task is arch_switch()'s.

section .text

global switch_stacks
switch_stacks:
	push	rbp
	push	rbx
	push	r12
	push	r13
	push	r14
	push	r15
	mov	[rdi], rsp
	mov	rsp, rsi
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbx
	pop	rbp
	ret

; SPDX-License-Identifier: MIT
;
; The ways into the kernel and out of it: SYSCALL, exceptions, interrupts. Each
; pushes a struct regs (regs.h), calls C, and returns through the same exits:
;
;   syscall_entry -> syscall_table[nr](regs) \
;   trap stubs    -> trap_entry(regs, vec)    -> work? -> SYSRET or IRETQ
;
; GS base points to struct cpu in the kernel only: entries from user space
; swapgs first, exits last. Offsets in struct cpu: arch.h; in struct task: task.h.

%include "arch/x86_64/smap.inc"

CPU_CURRENT	equ 8
CPU_KSTACK	equ 16
CPU_USER_SP	equ 24
TASK_WORK	equ 0
TASK_PLAIN	equ 8
TASK_LAST_CALL	equ 16
TASK_CALLS	equ 20
NR_LAST_CALLS	equ 8
TRACE_SYSCALL	equ 1

USER_DS		equ 0x2b
USER_CS		equ 0x33
REGS_AX		equ 10 * 8
REGS_ORIG_AX	equ 15 * 8
REGS_CS		equ 17 * 8
REGS_FLAGS	equ 18 * 8
FLAGS_RF_TF	equ 0x10100
MSR_GS_BASE	equ 0xc0000101
ENOSYS		equ 38

extern syscall_table, syscall_seldom, syscall_trace, trace_on
extern return_to_user_work, trap_entry, sched_task_started

; r15 .. si, in the order of struct regs; di and what is above is pushed before
%macro PUSH_REST 0
	push	rsi
	push	rdx
	push	rcx
	push	rax
	push	r8
	push	r9
	push	r10
	push	r11
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
%endmacro

; Those that C need not give back as it found them.
%macro POP_CLOBBERED 0
	pop	r11
	pop	r10
	pop	r9
	pop	r8
	pop	rax
	pop	rcx
	pop	rdx
	pop	rsi
	pop	rdi
%endmacro

%macro POP_REST 0
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbp
	pop	rbx
	POP_CLOBBERED
%endmacro

section .text

; SYSCALL: rcx = return address, r11 = flags, rax = number; interrupts are off
; and AC, DF, TF are clear by SFMASK. The stack is still the user's.
global syscall_entry
syscall_entry:
	swapgs
	mov	[gs:CPU_USER_SP], rsp
	mov	rsp, [gs:CPU_KSTACK]
	push	USER_DS
	push	qword [gs:CPU_USER_SP]
	push	r11
	push	USER_CS
	push	rcx
	push	rax			; orig_ax
	push	rdi
	push	rsi
	push	rdx
	push	rcx
	push	-ENOSYS			; ax
	push	r8
	push	r9
	push	r10
	push	r11
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
	sti
	; rbx is current from here to the exit. A number that is none, and all calls
	; of who has a filter, are above .plain_calls.
	mov	rbx, [gs:CPU_CURRENT]
	mov	rdi, rsp
	cmp	rax, [rbx + TASK_PLAIN]
	jae	.seldom
	call	[syscall_table + rax * 8]
	mov	[rsp + REGS_AX], rax
	mov	ecx, [rbx + TASK_LAST_CALL]	; the ring of the last calls
	inc	dword [rbx + TASK_LAST_CALL]
	and	ecx, NR_LAST_CALLS - 1
	mov	rdx, [rsp + REGS_ORIG_AX]
	mov	[rbx + TASK_CALLS + rcx * 8], dx
	mov	[rbx + TASK_CALLS + rcx * 8 + 4], eax
	test	byte [trace_on], TRACE_SYSCALL
	jnz	.traced

; A return to user space, by SYSRET. It takes rip from rcx and flags from r11, and
; these two in struct regs still are what SYSCALL left there: who changes the
; registers of a task (exec, sigreturn) sets WORK_IRET, and a signal comes by .work
; anyway. So do the registers that C gives back as it found them: but for rbx they
; need no load. rip is canonical, since nothing can be mapped at the end of the
; user half. SYSRET cannot set RF and TF: IRETQ does those.
.exit:
	cli
	cmp	dword [rbx + TASK_WORK], 0
	jne	.work
	test	dword [rsp + REGS_FLAGS], FLAGS_RF_TF
	jnz	return_iret
	add	rsp, 5 * 8		; r15 r14 r13 r12 rbp
	pop	rbx
	POP_CLOBBERED
	mov	rsp, [rsp + 4 * 8]	; over orig_ax, ip, cs, flags: sp
	swapgs
	o64 sysret
.seldom:
	call	syscall_seldom
	jmp	.exit
.traced:
	mov	rdi, rsp
	call	syscall_trace
	jmp	.exit
.work:
	mov	rdi, rsp
	call	return_to_user_work
	jmp	return_iret

; Exceptions and interrupts. A stub pushes an error code where the CPU does not,
; saves rdi in its place and leaves the vector in edi.
trap_common:
	PUSH_REST
	CLAC
	cld
	test	byte [rsp + REGS_CS], 3
	jz	trap_from_kernel
	swapgs
	mov	esi, edi
	mov	rdi, rsp
	call	trap_entry
return_to_user:
	mov	rax, [gs:CPU_CURRENT]
	cmp	dword [rax + TASK_WORK], 0
	je	return_iret
	mov	rdi, rsp
	call	return_to_user_work
return_iret:
	POP_REST
	swapgs
	add	rsp, 8			; orig_ax
	iretq

; rbp stays the interrupted function's: a backtrace goes on there
trap_from_kernel:
	mov	esi, edi
	mov	rdi, rsp
	call	trap_entry
	POP_REST
	add	rsp, 8
	iretq

; NMI, double fault, machine check: may come before a swapgs; ask the MSR whose
; GS base it is. They have stacks of their own.
trap_paranoid:
	PUSH_REST
	CLAC
	cld
	mov	r12d, edi
	xor	ebx, ebx
	mov	ecx, MSR_GS_BASE
	rdmsr
	test	edx, edx
	js	.have_gs
	swapgs
	inc	ebx
.have_gs:
	mov	esi, r12d
	mov	rdi, rsp
	call	trap_entry
	test	ebx, ebx
	jz	.out
	swapgs
.out:
	POP_REST
	add	rsp, 8
	iretq

; Vectors for which the CPU pushes an error code: 8, 10..14, 17, 21, 29, 30
%define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)
%define IS_PARANOID(v) ((v) == 2 || (v) == 8 || (v) == 18)

; idt.c knows that they are 16 bytes apart, and those of interrupts 8.
align 16
global trap_stubs
trap_stubs:
%assign v 0
%rep 32
	align 16
trap_stub_ %+ v:
  %if !HAS_ERROR(v)
	push	-1
  %endif
	push	rdi
	mov	edi, v
  %if IS_PARANOID(v)
	jmp	trap_paranoid
  %else
	jmp	trap_common
  %endif
%assign v v + 1
%endrep

; Interrupts have no error code: its place is where the call says which it was.
align 8
global irq_stubs
irq_stubs:
%rep 224
	align 8
	call	irq_common
%endrep
irq_common:
	push	rdi
	mov	rdi, [rsp + 8]
	sub	rdi, irq_stubs
	shr	edi, 3
	add	edi, 32
	mov	qword [rsp + 8], -1
	jmp	trap_common

; The first code of a task: switch_stacks() "returns" here, rbx and r12 are
; what arch/x86_64/task.c put on the stack.
global task_entry
task_entry:
	and	rsp, -16		; as the C ABI wants it before a call
	call	sched_task_started
	sti
	mov	rdi, r12
	call	rbx
	ud2				; the function never returns

global fork_entry
fork_entry:
	call	sched_task_started
	cli
	jmp	return_to_user

; void arch_enter_user(struct regs *regs)
global arch_enter_user
arch_enter_user:
	cli
	mov	rsp, rdi
	jmp	return_to_user

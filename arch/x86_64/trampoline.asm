; SPDX-License-Identifier: MIT
;
; The first code of a started CPU: real mode, copied to TRAMPOLINE by smp.c. It
; enters long mode on boot.asm's page tables, which map the first GiB twice, and
; calls ap_start with rsp from the parameters at the end of the page.

TRAMPOLINE	equ 0x8000
PARAM_EFER	equ TRAMPOLINE + 0xfe8
PARAM_CR3	equ TRAMPOLINE + 0xff0
PARAM_RSP	equ TRAMPOLINE + 0xff8
CR4_PAE_OSFXSR	equ 0x620
MSR_EFER	equ 0xc0000080
CR0_PG_WP_PE	equ 0x80010001

%define AT(label) (TRAMPOLINE + label - trampoline_start)

extern ap_start

section .rodata
align 16
global trampoline_start, trampoline_end
trampoline_start:
bits 16
	cli
	cld
	xor	ax, ax
	mov	ds, ax
	lgdt	[AT(gdtr)]
	mov	eax, CR4_PAE_OSFXSR
	mov	cr4, eax
	mov	eax, [PARAM_CR3]
	mov	cr3, eax
	mov	ecx, MSR_EFER
	xor	edx, edx
	mov	eax, [PARAM_EFER]
	wrmsr
	mov	eax, CR0_PG_WP_PE
	mov	cr0, eax
	jmp	dword 8:AT(long_mode)
bits 64
long_mode:
	xor	eax, eax
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	mov	rsp, [abs PARAM_RSP]
	xor	ebp, ebp
	mov	rax, ap_start
	call	rax
	ud2
align 8
gdt:
	dq 0
	dq 0x00af9a000000ffff
gdtr:
	dw $ - gdt - 1
	dd AT(gdt)
trampoline_end:

; SPDX-License-Identifier: MIT
;
; From the loader to C. Two doors: multiboot2 (GRUB, eax = magic, ebx = tags)
; and PVH (QEMU -kernel, ebx = struct hvm_start_info). Both enter in 32-bit
; protected mode without paging. Here: first page tables (the first GiB at 0, in
; the direct map and, its first 2 GiB, at KERNEL_IMAGE), long mode, a stack, and
; arch_start(loader, info).
;
; Everything is linked high; until paging is on, addresses are PHYS(symbol).

KERNEL_IMAGE	equ 0xffffffff80000000
%define PHYS(x)	(x - KERNEL_IMAGE)

MB2_MAGIC	equ 0xe85250d6
PTE_PW		equ 3			; present, writable
PTE_PS		equ 0x80		; 2 MiB page
CR0_PG_WP_PE	equ 0x80010001
CR4_PAE_OSFXSR	equ 0x620		; PAE, OSFXSR, OSXMMEXCPT
MSR_EFER	equ 0xc0000080
EFER_LME_SCE	equ 0x101
BOOT_STACK	equ 8192

extern arch_start

; GRUB enters at ELF's e_entry, which it finds in a segment by its high address
; and turns into that segment's physical one.
section .multiboot2 progbits alloc noexec nowrite align=8
mb2_header:
	dd MB2_MAGIC
	dd 0				; i386, protected mode
	dd mb2_end - mb2_header
	dd -(MB2_MAGIC + (mb2_end - mb2_header))
	; modules on page boundaries
	align 8
	dw 6, 0
	dd 8
	; end
	align 8
	dw 0, 0
	dd 8
mb2_end:

; XEN_ELFNOTE_PHYS32_ENTRY: where QEMU enters with the PVH protocol
section .note.Xen note alloc noexec nowrite align=4
	dd 4, 4, 18
	db "Xen", 0
	dd PHYS(boot_pvh)

section .boot.text progbits alloc exec nowrite align=16
bits 32

global boot_multiboot2
boot_multiboot2:
	xor	edi, edi		; loader 0: multiboot2
	cmp	eax, 0x36d76289
	je	boot_common
	mov	edi, 2			; loader 2: nobody that we know
	jmp	boot_common

global boot_pvh
boot_pvh:
	mov	edi, 1			; loader 1: PVH

boot_common:
	cli
	cld
	mov	esi, ebx
	mov	esp, PHYS(boot_stack_top)

	; page tables: boot_pd maps 1 GiB with 2 MiB pages
	mov	eax, PTE_PW | PTE_PS
	mov	ebx, PHYS(boot_pd)
	mov	ecx, 512
.pd:	mov	[ebx], eax
	add	eax, 0x200000
	add	ebx, 8
	loop	.pd
	mov	eax, PHYS(boot_pd) + PTE_PW
	mov	[PHYS(boot_pdpt_low)], eax		; 0 .. 1 GiB
	mov	[PHYS(boot_pdpt_high) + 510 * 8], eax	; KERNEL_IMAGE
	mov	eax, PHYS(boot_pdpt_low) + PTE_PW
	mov	[PHYS(boot_pml4)], eax			; identity
	mov	[PHYS(boot_pml4) + 273 * 8], eax	; direct map
	mov	eax, PHYS(boot_pdpt_high) + PTE_PW
	mov	[PHYS(boot_pml4) + 511 * 8], eax

	mov	eax, CR4_PAE_OSFXSR
	mov	cr4, eax
	mov	eax, PHYS(boot_pml4)
	mov	cr3, eax
	mov	ecx, MSR_EFER
	rdmsr
	or	eax, EFER_LME_SCE
	wrmsr
	mov	eax, CR0_PG_WP_PE
	mov	cr0, eax
	lgdt	[PHYS(boot_gdtr)]
	jmp	8:PHYS(boot_long)

bits 64
boot_long:
	xor	eax, eax
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	mov	fs, eax
	mov	gs, eax
	mov	rax, boot_high
	jmp	rax
boot_high:
	mov	rsp, boot_stack_top
	xor	ebp, ebp
	mov	edi, edi		; the loader, zero-extended
	mov	esi, esi		; its information, physical
	call	arch_start
	ud2

section .boot.data progbits alloc noexec write align=8
boot_gdt:
	dq 0
	dq 0x00af9a000000ffff		; 64-bit code
boot_gdtr:
	dw $ - boot_gdt - 1
	dd PHYS(boot_gdt)

section .bss
alignb 4096
global boot_pml4
boot_pml4:	resb 4096
boot_pdpt_low:	resb 4096
boot_pdpt_high:	resb 4096
boot_pd:	resb 4096
global boot_stack_top
		resb BOOT_STACK
boot_stack_top:

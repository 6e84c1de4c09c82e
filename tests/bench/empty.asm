; SPDX-License-Identifier: MIT
;
; A kernel that does nothing but say when it was started: what is left of a boot
; from the ISO if the kernel takes no time. In the form of the benchmark's
; output, on the serial line, then a reset, which ends QEMU.

COM1		equ 0x3f8
LSR_EMPTY	equ 0x20
KEYBOARD	equ 0x64
RESET		equ 0xfe

bits 32
section .multiboot2 progbits alloc noexec nowrite align=8
header:
	dd 0xe85250d6, 0, end - header, -(0xe85250d6 + (end - header))
	dw 6, 0				; modules on page boundaries, as Warren's
	dd 8
	dw 0, 0
	dd 8
end:

section .text
global _start
_start:
	rdtsc
	mov	esp, stack_top
	mov	ecx, digits_end
.digit:	mov	ebx, eax		; edx:eax / 10, high word first
	mov	eax, edx
	xor	edx, edx
	div	dword [ten]
	xchg	eax, ebx
	div	dword [ten]
	dec	ecx
	add	dl, '0'
	mov	[ecx], dl
	mov	edx, ebx
	mov	ebx, eax
	or	ebx, edx
	jnz	.digit
	mov	esi, name
	call	say
	mov	esi, ecx
	call	say
	mov	esi, done
	call	say
.wait:	mov	dx, COM1 + 5		; until the last byte is out
	in	al, dx
	test	al, 0x40
	jz	.wait
	mov	al, RESET
	out	KEYBOARD, al
.stop:	hlt
	jmp	.stop

; esi: text that ends with 0
say:	lodsb
	test	al, al
	jz	.end
	mov	bl, al
.busy:	mov	dx, COM1 + 5
	in	al, dx
	test	al, LSR_EMPTY
	jz	.busy
	mov	al, bl
	mov	dx, COM1
	out	dx, al
	jmp	say
.end:	ret

section .data
ten	dd 10
name	db 10, "V t_user_start ", 0
digits	times 20 db 0
digits_end:
	db 0
done	db 10, "NSBENCH DONE", 10, 0

section .bss
stack	resb 256
stack_top:

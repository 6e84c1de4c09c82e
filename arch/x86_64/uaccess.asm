; SPDX-License-Identifier: MIT
;
; The only code that touches user memory. An instruction that may fault has a
; line in the exception table: where to go on if the fault cannot be mended.
; Addresses were checked in uaccess.c; SMAP is open between STAC and CLAC.

%include "arch/x86_64/smap.inc"

; EX fault, fixup
%macro EX 2
	[section .ex_table progbits alloc noexec nowrite align=8]
	dq %1, %2
	__?SECT?__
%endmacro

section .text

; size_t copy_user_asm(void *dst, const void *src, size_t n): bytes NOT copied
global copy_user_asm
copy_user_asm:
	STAC
	mov	rcx, rdx
	shr	rcx, 3
	and	edx, 7
.words:	rep movsq
	mov	ecx, edx
.bytes:	rep movsb
.done:	mov	rax, rcx
	CLAC
	ret
.words_fault:
	; the word that faulted may be readable in part: go on by bytes
	lea	rcx, [rcx * 8 + rdx]
.retry:	rep movsb
	jmp	.done
EX .words, .words_fault
EX .bytes, .done
EX .retry, .done

; int copy_pieces_asm(void *dst, const struct piece *p, const struct piece *end):
; 0 or -14
global copy_pieces_asm
copy_pieces_asm:
	STAC
	mov	r8, rsi
.piece:	mov	rsi, [r8]
	movzx	ecx, word [r8 + 8]
.words:	rep movsq
	movzx	ecx, word [r8 + 10]
.bytes:	rep movsb
	add	r8, 16
	cmp	r8, rdx
	jne	.piece
	xor	eax, eax
.done:	CLAC
	ret
.fault:	mov	eax, -14
	jmp	.done
EX .words, .fault
EX .bytes, .fault

; size_t clear_user_asm(void *dst, size_t n): bytes NOT cleared
global clear_user_asm
clear_user_asm:
	STAC
	xor	eax, eax
	mov	rcx, rsi
	shr	rcx, 3
	and	esi, 7
.words:	rep stosq
	mov	ecx, esi
.bytes:	rep stosb
.done:	mov	rax, rcx
	CLAC
	ret
.words_fault:
	lea	rcx, [rcx * 8 + rsi]
.retry:	rep stosb
	jmp	.done
EX .words, .words_fault
EX .bytes, .done
EX .retry, .done

; s64 strncpy_user_asm(char *dst, const char *src, size_t max): the length
; without NUL, max if there is no NUL, -14 (EFAULT). By words, which are looked
; through for a zero byte at once (Mycroft's test: a byte of (w - 0x01..) & ~w has
; its top bit set if the byte of w was 0, and none below it has); by bytes at the
; end, and where the word may reach into a page that is not there.
global strncpy_user_asm
strncpy_user_asm:
	STAC
	mov	r8, 0x0101010101010101
	mov	r9, 0x8080808080808080
	xor	eax, eax
	sub	rdx, 8
	jb	.bytes
.word:	mov	rcx, [rsi + rax]
	mov	[rdi + rax], rcx
	mov	r10, rcx
	not	r10
	sub	rcx, r8
	and	rcx, r10
	and	rcx, r9
	jnz	.found
	add	rax, 8
	cmp	rax, rdx
	jbe	.word
.bytes:	add	rdx, 8
.next:	cmp	rax, rdx
	je	.done
.load:	mov	cl, [rsi + rax]
	mov	[rdi + rax], cl
	test	cl, cl
	jz	.done
	inc	rax
	jmp	.next
.found:	bsf	rcx, rcx
	shr	ecx, 3
	add	rax, rcx
.done:	CLAC
	ret
.fault:	mov	rax, -14
	jmp	.done
EX .word, .bytes
EX .load, .fault

; s64 fpu_save_user_asm(void *to, bool xsave): the FPU registers to user memory,
; aligned; 0 or -14. A page fault on the way makes the instruction start anew.
global fpu_save_user_asm
fpu_save_user_asm:
	STAC
	test	esi, esi
	jz	.fx
	mov	eax, -1			; all components
	mov	edx, -1
.x:	xsave64	[rdi]
	jmp	.ok
.fx:	fxsave64 [rdi]
.ok:	xor	eax, eax
.done:	CLAC
	ret
.fault:	mov	rax, -14
	jmp	.done
EX .x, .fault
EX .fx, .fault

; s64 load_user_asm(const u32 *p, u32 *v): 0 or -14
global load_user_asm
load_user_asm:
	STAC
	xor	eax, eax
.load:	mov	ecx, [rdi]
	mov	[rsi], ecx
.done:	CLAC
	ret
.fault:	mov	rax, -14
	jmp	.done
EX .load, .fault

; s64 cmpxchg_user_asm(u32 *p, u32 old, u32 new, u32 *prev): 0 or -14
global cmpxchg_user_asm
cmpxchg_user_asm:
	STAC
	mov	eax, esi
.swap:	lock cmpxchg [rdi], edx
	mov	[rcx], eax
	xor	eax, eax
.done:	CLAC
	ret
.fault:	mov	rax, -14
	jmp	.done
EX .swap, .fault

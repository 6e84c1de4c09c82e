; SPDX-License-Identifier: MIT
; The linked vDSO, of which kernel/time/vdso.c makes a page.
global vdso_image
global vdso_image_end

section .rodata
vdso_image:
	incbin "vdso.so"
vdso_image_end:

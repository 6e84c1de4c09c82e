; SPDX-License-Identifier: MIT
; The linked vDSO in whole pages, which kernel/time/vdso.c maps.
global vdso_image
global vdso_image_end

section .rodata align=4096
align 4096
vdso_image:
	incbin "vdso.so"
	align 4096, db 0
vdso_image_end:

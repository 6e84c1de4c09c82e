# SPDX-License-Identifier: MIT
# Warren. `make help` lists what can be asked for and with which variables.
#
# Sources are found by wildcard, header dependencies by -MMD, and everything
# that is made goes to $(O). Nothing here needs root once tools/setup has run.

DEBUG ?=
O ?= build$(if $(DEBUG),-debug)
O_DEBUG = $(patsubst %-debug,%,$(O))-debug
V ?= 0
SMP ?= 1
MEM ?= 256
CPU ?= max
KARGS ?=
INIT ?=
APP ?=
UEFI ?=
LIMIT ?= 600

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.SUFFIXES:
.DEFAULT_GOAL := all

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

# ---- Tools ---------------------------------------------------------------

ifeq ($(origin CROSS_COMPILE),undefined)
CROSS_COMPILE := $(firstword $(foreach p,x86_64-elf- x86_64-linux-gnu-,\
	$(if $(shell command -v $(p)gcc),$(p))))
endif
ifdef LLVM
CC := clang
LD := ld.lld
endif
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin LD),default)
LD := $(CROSS_COMPILE)ld
endif
NM ?= $(if $(shell command -v $(CROSS_COMPILE)nm),$(CROSS_COMPILE)nm,llvm-nm)
NASM ?= nasm
USERCC ?= musl-gcc
PYTHON ?= /usr/bin/python3
# zlib's inflate, for a compressed initramfs (kernel/lib/gunzip.c).
LIBZ := $(firstword $(wildcard $(shell $(CC) -print-file-name=libz.a) \
	/usr/lib/x86_64-linux-gnu/libz.a))
CLANG := $(findstring clang,$(notdir $(CC)))

# One moment for every time stamp in an image: two builds are byte-equal.
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),\
	1767225600)
export SOURCE_DATE_EPOCH

# ---- Flags ---------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wundef -Werror -Wno-override-init -Wframe-larger-than=1024
CCINC = $(shell $(CC) $(if $(CLANG),-print-resource-dir,\
	-print-file-name=include))$(if $(CLANG),/include)
CFLAGS = -std=gnu11 $(OPTIMIZE) -g -ffreestanding -nostdinc -isystem $(CCINC) \
	-isystem $(O)/uapi -I. -mcmodel=kernel -mno-red-zone \
	-mgeneral-regs-only -fno-pic -fno-pie \
	-f$(if $(DEBUG),no-)omit-frame-pointer -fno-stack-protector \
	-fno-strict-aliasing -fcf-protection=none \
	-fno-asynchronous-unwind-tables -ffile-prefix-map=$(CURDIR)=. \
	$(PACKED) \
	$(if $(CLANG),--target=x86_64-linux-gnu) $(WARN) \
	$(if $(DEBUG),$(DEBUGFLAGS)) $(EXTRA_CFLAGS)
# For speed: the files without which some operation of tests/bench, or the boot,
# would cost 2 % more. All others for size, at which they execute hardly more
# instructions: the image is read by a BIOS, and is in memory as long as the
# machine runs.
FAST := $(addprefix arch/x86_64/,pagetable start task uaccess vdso/vdso) \
	$(addprefix fs/,absent dentry dpath fdtable file inode_attr iter libfs \
	mount mount_hash mount_tree namei nsfs open paged path pipe readdir \
	remove seq tree_copy walk_light) \
	$(addprefix kernel/lib/,ida radix rbtree string) \
	$(addprefix kernel/mm/,access fault kmalloc page ptrange slab vma) \
	$(addprefix kernel/ns/,cgroup ns nsproxy ucount uts) \
	$(addprefix kernel/process/,exec_args exit fork) \
	$(addprefix kernel/sys/,ioctl ns open path read_write stat table) \
	$(addprefix kernel/task/,cred mutex pid rusage sched sched_rq signal \
	signal_queue signal_send waitq)
# Of what -O2 does, without: copies of blocks, cold parts far from their function,
# both sides of a branch computed, registers chosen loop by loop.
O2 := -O2 $(if $(CLANG),,-freorder-blocks-algorithm=simple \
	-fno-reorder-blocks-and-partition -fno-if-conversion -fira-region=one)
OPTIMIZE = $(if $(filter $(FAST),$*),$(O2),-Os)
# Functions, loops and objects begin where what is before them ends: a tenth of
# the text would be padding otherwise, and loops would execute it.
PACKED := -falign-functions=1 $(if $(CLANG),,-falign-jumps=1 -falign-loops=1 \
	-falign-labels=1 -malign-data=abi)
# The stack is aligned to 8: only vector registers, which the kernel has not, need
# 16. The archive zlib has them, so who calls it (gunzip.c) aligns its frame.
# (The second option says that it is aligned to 16 where a function begins: else a
# frame with a struct of two pointers in it would be aligned at run time.)
PACKED += $(if $(CLANG),,-mpreferred-stack-boundary=3 -mincoming-stack-boundary=4)
# DEBUG=1: see kernel/debug/checks.h. Users' pointers need not be aligned and may
# be NULL; where one of ours is, the page is not there.
DEBUGFLAGS := -DDEBUG_CHECKS=1 -fsanitize=undefined \
	-fno-sanitize=alignment,null \
	-Wno-frame-larger-than
LDFLAGS := -static -nostdlib -n -z noexecstack --build-id=none
NASMFLAGS := -f elf64 -g -F dwarf -I. -Werror
USERFLAGS = -std=gnu11 -O2 -s -static -Wall -Wextra -Wshadow -Werror \
	-Wno-missing-field-initializers -Wno-format-truncation -I. \
	-isystem $(O)/uapi -ffile-prefix-map=$(CURDIR)=.

# ---- What is made from what ----------------------------------------------

sources = $(sort $(shell find $(wildcard $(1)) -name '$(2)' 2>/dev/null))
CHECKS := $(if $(DEBUG),,kernel/debug/checks/%)
VDSO := arch/x86_64/vdso/vdso
C_SRC := $(filter-out $(CHECKS) $(VDSO).c,\
	$(call sources,kernel fs arch/x86_64 tests/kernel,*.c))
ASM_SRC := $(call sources,arch/x86_64,*.asm)
OBJS := $(C_SRC:%.c=$(O)/%.o) $(ASM_SRC:%.asm=$(O)/%.asm.o) \
	$(O)/config.gz.o

# user/NAME.c is a program; user/NAME_*.c, if any, are its other parts.
USER_MAIN := $(filter-out $(foreach f,$(wildcard user/*.c),\
	$(wildcard $(f:.c=_*.c))),$(wildcard user/*.c))
USER := $(USER_MAIN:%.c=$(O)/%)
# Each test program is one file and case.c.
TESTS := $(patsubst %.c,$(O)/%,\
	$(filter-out %/case.c,$(wildcard tests/user/*.c)))
TEST_DATA := $(filter-out %.c %.h,$(wildcard tests/user/*))
UAPI := $(O)/uapi/.copied
ROOT_FILES := $(call sources,iso/root,*)

all: $(O)/warren.iso $(O)/warren.elf ## the kernel and the ISO (the default)
.PHONY: all kernel objs initramfs user run test twin clients hostcases check iso gdb \
	clean help FORCE

kernel: $(O)/warren.elf
objs: $(OBJS)
user: $(USER) $(TESTS)
initramfs: $(O)/initramfs.cpio $(O)/test-initramfs.cpio $(O)/clients.cpio

$(O)/%.o: %.c $(UAPI) $(O)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(O)/kernel/lib/gunzip.o: CFLAGS += $(if $(CLANG),-mstackrealign,\
	-mpreferred-stack-boundary=4 -mincoming-stack-boundary=3)

# /proc/config.gz
$(O)/config.gz.c: fs/procfs/config.list tools/mkconfig
	$(call say,CONFIG,$<)
	$(Q)mkdir -p $(@D) && $(PYTHON) tools/mkconfig $< > $@
$(O)/config.gz.o: $(O)/config.gz.c $(UAPI) $(O)/.flags
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

# User code inside the kernel: linked alone, then a constant (image.asm).
$(O)/$(VDSO).o: CFLAGS += -fpic -mcmodel=small -fno-sanitize=all
$(O)/$(VDSO).so: $(O)/$(VDSO).o $(VDSO).lds
	$(call say,LD,$@)
	$(Q)$(LD) -shared -s -Bsymbolic --no-undefined --hash-style=both \
		-soname linux-vdso.so.1 --build-id=none -z noexecstack \
		-z max-page-size=0x1000 -T $(VDSO).lds $< -o $@
$(O)/$(dir $(VDSO))image.asm.o: $(O)/$(VDSO).so
$(O)/$(dir $(VDSO))image.asm.o: NASMFLAGS += -I$(O)/$(dir $(VDSO))

$(O)/%.asm.o: %.asm $(O)/.flags
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D) && $(NASM) $(NASMFLAGS) -MD $(@:.o=.d) $< -o $@

$(O)/warren.elf: $(OBJS) arch/x86_64/kernel.ld tools/link tools/ksyms
	$(call say,LD,$@)
	$(Q)CC='$(CC)' CFLAGS='$(CFLAGS)' LD='$(LD) $(LDFLAGS)' NM='$(NM)' \
		PYTHON='$(PYTHON)' LIBS='$(LIBZ)' \
		tools/link $@ arch/x86_64/kernel.ld $(OBJS)

# Rebuild when the compiler or the flags change, not only when a file does.
$(O)/.flags: FORCE
	@mkdir -p $(O); echo '$(CC) $(CFLAGS) $(FAST) $(NASMFLAGS) $(OBJS)' | \
		cmp -s - $@ || echo '$(CC) $(CFLAGS) $(FAST) $(NASMFLAGS) $(OBJS)' > $@

# The Linux ABI's headers alone, so that no libc header can leak in.
$(UAPI): tools/copy-uapi
	$(call say,UAPI,$(@D))
	$(Q)tools/copy-uapi $(@D) && touch $@

# ---- User programs and the images ----------------------------------------

$(USER): $(O)/%: %.c $$(wildcard $$*_*.c) $(UAPI) Makefile
	$(call say,USERCC,$<)
	$(Q)mkdir -p $(@D) && $(USERCC) $(USERFLAGS) -MMD -MP -MF $@.d \
		$(filter %.c,$^) -o $@

$(O)/tests/storm/storm: tests/storm/storm.c tests/objects.h Makefile
	$(call say,USERCC,$<)
	$(Q)mkdir -p $(@D) && $(USERCC) $(USERFLAGS) $< -o $@

$(TESTS): $(O)/%: %.c tests/user/case.c $(UAPI) Makefile
	$(call say,USERCC,$<)
	$(Q)mkdir -p $(@D) && $(USERCC) $(USERFLAGS) -pthread -MMD -MP \
		-MF $@.d $(filter %.c,$^) -o $@

$(O)/initramfs.cpio: $(USER) $(ROOT_FILES) tools/mkroot tools/mkcpio Makefile
	$(call say,CPIO,$@)
	$(Q)tools/mkroot $(O)/root $(USER)
	$(Q)tools/mkcpio $(O)/root $@

# What tests/user runs of Debian's own programs, dynamic as they are.
DEBIAN_PROGRAMS := ipcmk ipcrm ipcs lsipc

# The same and the user tests; /bin/run-tests is tests/user/run-tests.
$(O)/test-initramfs.cpio: $(O)/initramfs.cpio $(TESTS) $(TEST_DATA) \
		tools/mkdebian
	$(call say,CPIO,$@)
	$(Q)rm -rf $(O)/test-root && cp -a $(O)/root $(O)/test-root
	$(Q)mkdir $(O)/test-root/tests
	$(Q)cp -r $(TESTS) $(TEST_DATA) $(O)/test-root/tests
	$(Q)ln -s ../tests/run-tests $(O)/test-root/bin/run-tests
	$(Q)tools/mkdebian $(O)/test-root $(DEBIAN_PROGRAMS)
	$(Q)tools/mkcpio $(O)/test-root $@

# The benchmark: a program for any Linux, a thing to execute, a QEMU plugin.
BENCH := $(O)/bench/bench $(O)/bench/tiny $(O)/bench/count.so \
	$(O)/bench/empty.elf
$(O)/bench/bench: $(wildcard tests/bench/*.[ch]) $(UAPI) Makefile
	$(call say,USERCC,$@)
	$(Q)mkdir -p $(@D) && $(USERCC) $(USERFLAGS) -Wl,-e,bench_start \
		$(filter-out %/count.c,$(filter tests/%.c,$^)) -o $@
$(O)/bench/tiny: tests/bench/tiny.asm
	$(Q)mkdir -p $(@D) && $(NASM) -f elf64 $< -o $@.o && \
		$(LD) -static -s -z noseparate-code $@.o -o $@
$(O)/bench/empty.elf: tests/bench/empty.asm
	$(Q)mkdir -p $(@D) && $(NASM) -f elf32 $< -o $@.o && \
		$(LD) -m elf_i386 -static -s -Ttext 0x100000 $@.o -o $@
$(O)/bench/count.so: tests/bench/count.c tests/bench/bench.h
	$(Q)mkdir -p $(@D) && gcc -shared -fPIC -fvisibility=hidden -O2 -Wall \
		-Wextra -Werror -I. $< -o $@
$(O)/bench/initramfs.cpio: $(BENCH) tools/mkcpio
	$(Q)rm -rf $(@D)/root && mkdir -p $(@D)/root/bin
	$(Q)cp $(O)/bench/bench $(@D)/root/init
	$(Q)cp $(O)/bench/tiny $(@D)/root/bin
	$(Q)tools/mkcpio $(@D)/root $@

# The shell's root and the sessions of tests/clients.
$(O)/clients.cpio: $(O)/initramfs.cpio $(wildcard tests/clients/*)
	$(call say,CPIO,$@)
	$(Q)tests/clients/mkroot $(O)/clients-root $(O)/root
	$(Q)tools/mkcpio $(O)/clients-root $@

iso: $(O)/warren.iso ## one image for BIOS and UEFI
$(O)/warren.iso: $(O)/warren.elf $(O)/initramfs.cpio tools/mkiso \
		iso/boot/grub/grub.cfg
	$(call say,ISO,$@)
	$(Q)tools/mkiso $@ $(O)/warren.elf $(O)/initramfs.cpio

# ---- What a person asks for ----------------------------------------------

# Nobody at the keyboard: the guided tour plays and the machine ends itself.
TTY := $(shell test -t 0 && echo yes)
RUN_ARGS = $(strip $(if $(APP),app) \
	$(if $(TTY)$(APP)$(INIT)$(filter test kunit tour,$(KARGS)),,tour) \
	$(if $(INIT),init=$(INIT)) $(KARGS))
RUN_QEMU = tools/qemu $(if $(UEFI),--uefi) --smp $(SMP) --mem $(MEM) \
	--cpu $(CPU) $(if $(TTY),--interactive,--limit $(LIMIT)) \
	$(if $(APP),--app)

run: ## set up, build, boot the ISO: a shell, or the tour without a terminal
	$(Q)tools/setup --quiet
	$(Q)$(MAKE) $(O)/warren.iso
	$(Q)tools/mkrun $(O) '$(APP)' '$(subst ','\'',$(RUN_ARGS))'
	$(Q)$(RUN_QEMU) --iso $(O)/run.iso

test: ## set up, build, every test; ends with "N passed, N failed"
	$(Q)tools/setup --quiet
	$(Q)$(MAKE) all initramfs $(O)/tests/storm/storm
	$(Q)$(MAKE) DEBUG=1 O=$(O_DEBUG) kernel
	$(Q)O=$(O) CROSS_COMPILE=$(CROSS_COMPILE) $(PYTHON) tests/run $(TESTARGS)

twin: all initramfs ## the user tests on Linux and on Warren, compared
	$(Q)O=$(O) tools/setup --quiet --twin
	$(Q)O=$(O) $(PYTHON) tools/twin $(if $(RECORD),--record) $(TESTS_ONLY)

clients: all initramfs ## Debian's programs on Warren, compared with Linux
	$(Q)O=$(O) tools/setup --quiet --twin
	$(Q)O=$(O) $(PYTHON) tests/clients/clients.py $(if $(RECORD),--record) \
		$(SESSIONS)

hostcases: user ## tests/user on the Linux that runs this (as root)
	$(Q)O=$(O) $(PYTHON) tests/run host

check: $(UAPI) ## style, floors, both compilers, unit tests (under 2 minutes)
	$(Q)tools/check-style
	$(Q)$(PYTHON) tools/check-floors tools/floors.txt
	$(Q)$(PYTHON) tools/check-docs
	$(Q)$(MAKE) O=$(O)/check-gcc CC=$(CROSS_COMPILE)gcc objs
	$(Q)$(MAKE) O=$(O)/check-clang CC=clang objs
	$(Q)$(MAKE) user
	$(Q)$(if $(wildcard tools/check-cppcheck),! command -v cppcheck >/dev/null || tools/check-cppcheck $(O)/uapi)
	$(Q)O=$(O) tests/unit/run
	$(Q)echo 'check: passed'

.PHONY: bench bench-check bench-keep bench-smp profile
RUN_BENCH = O=$(O) $(PYTHON) tests/bench/run.py
bench: $(O)/warren.elf $(O)/bench/initramfs.cpio ## what operations cost, beside Linux (minutes)
	$(Q)tools/setup --twin --quiet
	$(Q)$(RUN_BENCH) all
bench-check: $(O)/warren.elf $(O)/bench/initramfs.cpio ## no operation 3 % above the kept table
	$(Q)$(RUN_BENCH) check
bench-keep: $(O)/warren.elf $(O)/bench/initramfs.cpio ## keep a new table
	$(Q)$(RUN_BENCH) keep
bench-smp: $(O)/warren.elf $(O)/bench/initramfs.cpio ## sixteen tasks at once: one CPU beside four
	$(Q)$(RUN_BENCH) smp
profile: $(O)/warren.elf $(O)/bench/initramfs.cpio ## OP=setns_uts: its instructions by function
	$(Q)$(RUN_BENCH) profile '$(OP)'

gdb: $(O)/warren.elf $(O)/initramfs.cpio ## QEMU waiting, gdb with our commands
	$(Q)tools/qemu --gdb tools/gdb/warren.py --log $(O)/gdb.log \
		--smp $(SMP) --mem $(MEM) --cpu $(CPU) \
		--kernel $(O)/warren.elf --initrd $(O)/initramfs.cpio \
		--append '$(KARGS)'

clean: ## remove all that was made
	$(Q)rm -rf $(O) $(O_DEBUG)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | \
		expand -t 13
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#:
#: Variables: V=1 shows every command, O=DIR builds elsewhere, -j works.
#: For run: SMP=4 CPUs, MEM=256 (MiB), CPU=max, UEFI=1 (else BIOS),
#:   KARGS='...' kernel arguments, INIT=/path as the first process,
#:   APP=FILE a static Linux program as PID 1 (make: "Error N", its status).
#: For twin: RECORD=1 keeps Linux's transcript, TESTS_ONLY=NAME one program;
#:   for clients the same, SESSIONS='text file' some sessions.
#: For the compiler: CROSS_COMPILE=x86_64-elf- (found by itself), CC=clang,
#:   LLVM=1 (clang and lld), DEBUG=1 (checks of locks, objects and undefined
#:   behaviour, in build-debug).  For tests: TESTARGS.
#: In the terminal of `make run`: Ctrl-C goes to Warren, Ctrl-A x leaves.

-include $(OBJS:.o=.d) $(USER:=.d) $(TESTS:=.d)

// SPDX-License-Identifier: MIT
/*
 * What the compiler calls where -fsanitize=undefined finds undefined behaviour
 * (the debug build). The layouts are those of the compilers' run-time library:
 * each argument begins with the place in the source.
 */
#include "kernel/debug/printk.h"

struct place {
	const char *file;
	u32 line, column;
};

struct mismatch {
	struct place place;
	const void *type;
	u8 log_alignment, kind;
};

static void __noreturn undefined(const struct place *at, const char *what)
{
	panic("undefined: %s at %s:%u:%u", what, at->file, at->line,
	      at->column);
}

#define HANDLER(name, what, ...)                                               \
	void __ubsan_handle_##name(const struct place *at, ##__VA_ARGS__);     \
	void __ubsan_handle_##name(const struct place *at, ##__VA_ARGS__)      \
	{                                                                      \
		undefined(at, what);                                           \
	}

HANDLER(add_overflow, "an addition overflows", u64 a __maybe_unused,
	u64 b __maybe_unused)
HANDLER(sub_overflow, "a subtraction overflows", u64 a __maybe_unused,
	u64 b __maybe_unused)
HANDLER(mul_overflow, "a multiplication overflows", u64 a __maybe_unused,
	u64 b __maybe_unused)
HANDLER(negate_overflow, "a negation overflows", u64 a __maybe_unused)
HANDLER(divrem_overflow, "a division overflows, or by zero",
	u64 a __maybe_unused, u64 b __maybe_unused)
HANDLER(shift_out_of_bounds, "a shift is too far, or of a negative number",
	u64 a __maybe_unused, u64 b __maybe_unused)
HANDLER(out_of_bounds, "an index is out of bounds", u64 i __maybe_unused)
HANDLER(pointer_overflow, "a pointer leaves its object",
	u64 a __maybe_unused, u64 b __maybe_unused)
HANDLER(load_invalid_value, "a bool or an enum has no such value",
	u64 v __maybe_unused)
HANDLER(vla_bound_not_positive, "an array has no positive size",
	u64 n __maybe_unused)
HANDLER(builtin_unreachable, "unreachable code is reached")
HANDLER(nonnull_arg, "a NULL argument where none may be")
HANDLER(invalid_builtin, "a builtin is asked what it cannot answer")

void __ubsan_handle_type_mismatch_v1(const struct mismatch *m, u64 address);
void __ubsan_handle_type_mismatch_v1(const struct mismatch *m, u64 address)
{
	(void)address;
	undefined(&m->place, "an object is too small");
}

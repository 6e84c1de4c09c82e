// SPDX-License-Identifier: MIT
/* vsnprintf(3) for the kernel: see printf.h for what it knows. No locks. */
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"

/* Where the text goes; counts what does not fit, too. */
struct out {
	char *buf;
	size_t size, len;
};

/* One conversion: %[flags][width][.precision][length]type. */
struct spec {
	bool left, zero, plus, space, alt, upper;
	int width, precision; /* precision -1: not given */
	int bytes;	      /* of the integer argument */
	char type;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_text(struct out *o, const char *text, size_t n)
{
	if (o->len + n < o->size)
		memcpy(o->buf + o->len, text, n);
	else
		for (size_t i = 0; o->len + i + 1 < o->size && i < n; i++)
			o->buf[o->len + i] = text[i];
	o->len += n;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

/* @prefix (sign, 0x), zeros and digits in the width. */
static void put_padded(struct out *o, const struct spec *s, const char *prefix,
		       int zeros, const char *text, int len)
{
	int used = (int)strlen(prefix) + max(zeros, 0) + len;
	bool fill_zero = s->zero && !s->left && s->precision < 0;

	if (!s->left && !fill_zero)
		pad(o, ' ', s->width - used);
	while (*prefix)
		put(o, *prefix++);
	if (fill_zero)
		pad(o, '0', s->width - used);
	pad(o, '0', zeros);
	put_text(o, text, (size_t)len);
	if (s->left)
		pad(o, ' ', s->width - used);
}

/* The digits of @v before @end; their number. 0 has none. */
static int digits_before(char *end, u64 v, unsigned int base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char *at = end;

	if (base == 10) /* a constant is divided by with a multiplication */
		for (; v; v /= 10)
			*--at = (char)('0' + v % 10);
	else
		for (; v; v /= base)
			*--at = digits[v % base];
	return (int)(end - at);
}

/* Two digits at once: /proc is full of numbers. */
int decimal_before(char *end, u64 v)
{
	static const char pairs[] =
		"0001020304050607080910111213141516171819"
		"2021222324252627282930313233343536373839"
		"4041424344454647484950515253545556575859"
		"6061626364656667686970717273747576777879"
		"8081828384858687888990919293949596979899";
	char *at = end;

	for (; v >= 100; v /= 100) {
		at -= 2;
		__builtin_memcpy(at, pairs + 2 * (v % 100), 2);
	}
	if (v >= 10) {
		at -= 2;
		__builtin_memcpy(at, pairs + 2 * v, 2);
	} else {
		*--at = (char)('0' + v);
	}
	return (int)(end - at);
}

int decimal(char *buf, u64 v)
{
	char digits[DECIMAL_SIZE], *end = digits + sizeof(digits);
	int n = decimal_before(end, v);

	memcpy(buf, end - n, (size_t)n);
	buf[n] = '\0';
	return n;
}

static void put_unsigned(struct out *o, const struct spec *s, u64 v,
			 unsigned int base, const char *prefix)
{
	char buf[24], *end = buf + sizeof(buf);
	int n = digits_before(end, v, base, s->upper);

	if (!v && s->precision) /* "%.0d" of 0 is nothing */
		*(end - ++n) = '0';
	if (!s->width && s->precision < 0) { /* nearly always */
		while (*prefix)
			put(o, *prefix++);
		put_text(o, end - n, (size_t)n);
		return;
	}
	put_padded(o, s, prefix, s->precision - n, end - n, n);
}

static void put_signed(struct out *o, const struct spec *s, s64 v)
{
	const char *sign = v < 0 ? "-" : s->plus ? "+" : s->space ? " " : "";

	put_unsigned(o, s, v < 0 ? 0 - (u64)v : (u64)v, 10, sign);
}

static void put_string(struct out *o, const struct spec *s, const char *str)
{
	size_t len;

	if (!str)
		str = "(null)";
	len = s->precision < 0 ? strlen(str) :
				 strnlen(str, (size_t)s->precision);
	if (!s->left)
		pad(o, ' ', s->width - (int)len);
	put_text(o, str, len);
	if (s->left)
		pad(o, ' ', s->width - (int)len);
}

static const char *parse_number(const char *p, int *n)
{
	for (*n = 0; *p >= '0' && *p <= '9'; p++)
		*n = *n * 10 + (*p - '0');
	return p;
}

static const char *parse_flags(const char *p, struct spec *s)
{
	for (;; p++) {
		switch (*p) {
		case '-':
			s->left = true;
			break;
		case '0':
			s->zero = true;
			break;
		case '+':
			s->plus = true;
			break;
		case ' ':
			s->space = true;
			break;
		case '#':
			s->alt = true;
			break;
		default:
			return p;
		}
	}
}

static const char *parse_length(const char *p, struct spec *s)
{
	s->bytes = 4;
	switch (*p) {
	case 'h':
		s->bytes = p[1] == 'h' ? 1 : 2;
		return p + (p[1] == 'h' ? 2 : 1);
	case 'l':
		s->bytes = 8;
		return p + (p[1] == 'l' ? 2 : 1);
	case 'z':
	case 't':
	case 'j':
		s->bytes = 8;
		return p + 1;
	default:
		return p;
	}
}

/* All integers are fetched by these two; va_list is passed by reference. */
static s64 next_signed(int bytes, va_list *ap)
{
	s64 v = bytes == 8 ? va_arg(*ap, s64) : va_arg(*ap, int);

	return bytes == 1 ? (s8)v : bytes == 2 ? (s16)v : v;
}

static u64 next_unsigned(int bytes, va_list *ap)
{
	u64 v = bytes == 8 ? va_arg(*ap, u64) : va_arg(*ap, unsigned int);

	return bytes == 1 ? (u8)v : bytes == 2 ? (u16)v : v;
}

static void convert(struct out *o, struct spec *s, va_list *ap)
{
	char c;
	u64 v;

	switch (s->type) {
	case 'd':
	case 'i':
		put_signed(o, s, next_signed(s->bytes, ap));
		break;
	case 'u':
		put_unsigned(o, s, next_unsigned(s->bytes, ap), 10, "");
		break;
	case 'o':
		v = next_unsigned(s->bytes, ap);
		put_unsigned(o, s, v, 8, s->alt && v ? "0" : "");
		break;
	case 'X':
		s->upper = true;
		v = next_unsigned(s->bytes, ap);
		put_unsigned(o, s, v, 16, s->alt && v ? "0X" : "");
		break;
	case 'x':
		v = next_unsigned(s->bytes, ap);
		put_unsigned(o, s, v, 16, s->alt && v ? "0x" : "");
		break;
	case 'p':
		put_unsigned(o, s, (u64)va_arg(*ap, void *), 16, "0x");
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(o, s, "", 0, &c, 1);
		break;
	case 's':
		put_string(o, s, va_arg(*ap, const char *));
		break;
	default: /* %% and what is not known: as it stands */
		put(o, s->type);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		struct spec s = { .precision = -1 };

		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt = parse_flags(fmt + 1, &s);
		if (*fmt == '*') {
			s.width = va_arg(args, int);
			if (s.width < 0) {
				s.left = true;
				s.width = -s.width;
			}
			fmt++;
		} else {
			fmt = parse_number(fmt, &s.width);
		}
		if (*fmt == '.' && fmt[1] == '*') {
			s.precision = va_arg(args, int);
			fmt += 2;
		} else if (*fmt == '.') {
			fmt = parse_number(fmt + 1, &s.precision);
		}
		fmt = parse_length(fmt, &s);
		if (!*fmt)
			break;
		s.type = *fmt++;
		convert(&o, &s, &args);
	}
	va_end(args);
	if (size)
		buf[min(o.len, size - 1)] = 0;
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!size)
		return 0;
	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return min(n, (int)size - 1);
}

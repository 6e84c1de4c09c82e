// SPDX-License-Identifier: MIT
/*
 * Time: the TSC counts it, the local APIC's timer interrupts, the CMOS clock says
 * what year it is. How fast the first two run is measured at boot against the PIT,
 * whose 1.193182 MHz are the same on every PC.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

#define PIT_HZ 1193182UL
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61 /* bit 0: gate of channel 2, bit 1: speaker */
#define CALIBRATE_TICKS 1193 /* 1 ms */
#define ROUNDS 3

struct vvar_clock vvar_clock;  /* the TSC's start and rate: also the vDSO's */
static u64 lapic_mult; /* timer counts = ns * mult >> 32 */

u64 arch_clock_ns(void)
{
	u64 ticks = rdtsc() - vvar_clock.tsc_start;

	return (u64)(((unsigned __int128)ticks * vvar_clock.tsc_mult) >> 32);
}

static void pit_start(void)
{
	outb(PIT_GATE, (inb(PIT_GATE) & ~2) | 1);
	outb(PIT_COMMAND, 0xb4); /* channel 2, both bytes, mode 2: rate */
	outb(PIT_CHANNEL2, 0xff);
	outb(PIT_CHANNEL2, 0xff);
}

static u16 pit_read(void)
{
	u8 lo;

	outb(PIT_COMMAND, 0x80); /* latch channel 2 */
	lo = inb(PIT_CHANNEL2);
	return (u16)(lo | inb(PIT_CHANNEL2) << 8);
}

struct sample {
	u64 tsc;   /* ticks */
	u64 lapic; /* counts */
	u64 pit;   /* ticks that the two were measured in */
};

static struct sample measure(void)
{
	u16 start = pit_read(), now;
	u32 lapic = lapic_timer_left();
	u64 tsc = rdtsc();

	do
		now = pit_read();
	while ((u16)(start - now) < CALIBRATE_TICKS);
	return (struct sample){ rdtsc() - tsc, lapic - lapic_timer_left(),
				(u16)(start - now) };
}

/* The slowest reading of several is the one that was disturbed; take the one in
 * the middle. */
static struct sample calibrate(void)
{
	struct sample s[ROUNDS], tmp;

	pit_start();
	lapic_timer_calibrating();
	for (u32 i = 0; i < ROUNDS; i++) {
		s[i] = measure();
		for (u32 k = i; k > 0 && s[k].tsc * s[k - 1].pit <
						 s[k - 1].tsc * s[k].pit;
		     k--) {
			tmp = s[k];
			s[k] = s[k - 1];
			s[k - 1] = tmp;
		}
	}
	return s[ROUNDS / 2];
}

void clock_init(void)
{
	struct sample s = calibrate();
	u64 ns = s.pit * NSEC_PER_SEC / PIT_HZ;

	if (!s.tsc || !s.lapic)
		panic("clock: TSC moved %llu, APIC timer %llu in %llu ns: expected more than 0",
		      (unsigned long long)s.tsc, (unsigned long long)s.lapic,
		      (unsigned long long)ns);
	/* both numerators are some millions: they fit */
	vvar_clock.tsc_mult = (ns << 32) / s.tsc;
	lapic_mult = (s.lapic << 32) / ns;
	vvar_clock.tsc_start = rdtsc();
	printk("clock: TSC %llu kHz, APIC timer %llu kHz\n",
	       (unsigned long long)(s.tsc * 1000000 / ns),
	       (unsigned long long)(s.lapic * 1000000 / ns));
}

void clock_delay_us(u32 us)
{
	u64 end = arch_clock_ns() + us * NSEC_PER_USEC;

	while (arch_clock_ns() < end)
		cpu_relax();
}

void arch_timer_set(u64 deadline)
{
	u64 now = arch_clock_ns(), count;
	u64 ns = deadline > now ? deadline - now : 0;

	if (ns > NSEC_PER_SEC * 3600)
		ns = NSEC_PER_SEC * 3600;
	count = (u64)(((unsigned __int128)ns * lapic_mult) >> 32) + 1;
	lapic_timer_set((u32)min(count, 0xffffffffUL));
}

/* ---- CMOS clock ------------------------------------------------------ */

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define CMOS_STATUS_A 10
#define CMOS_STATUS_B 11
#define UPDATE_IN_PROGRESS 0x80
#define B_BINARY 4
#define B_24H 2

struct cmos_time {
	u8 second, minute, hour, day, month, year;
};

static u8 cmos_read(u8 reg)
{
	outb(CMOS_INDEX, reg);
	return inb(CMOS_DATA);
}

static struct cmos_time cmos_read_once(void)
{
	while (cmos_read(CMOS_STATUS_A) & UPDATE_IN_PROGRESS)
		cpu_relax();
	return (struct cmos_time){ cmos_read(0), cmos_read(2), cmos_read(4),
				   cmos_read(7), cmos_read(8), cmos_read(9) };
}

static u8 from_bcd(u8 v)
{
	return (u8)((v >> 4) * 10 + (v & 15));
}

/* Days from 1970-01-01 to the first day of @month (1..12) of @year. */
static u64 days_to(u64 year, u64 month)
{
	static const u16 before[] = { 0,   31,	59,  90,  120, 151,
				      181, 212, 243, 273, 304, 334 };
	u64 y = year - 1, leaps = y / 4 - y / 100 + y / 400 - 477;
	bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0);

	return (year - 1970) * 365 + leaps + before[month - 1] +
	       (leap && month > 2);
}

u64 arch_wall_seconds(void)
{
	struct cmos_time t, again = cmos_read_once();
	u8 status = cmos_read(CMOS_STATUS_B);
	bool pm = false;

	do {
		t = again;
		again = cmos_read_once();
	} while (memcmp(&t, &again, sizeof(t)) != 0);
	if (!(status & B_24H)) {
		pm = t.hour & 0x80;
		t.hour &= 0x7f;
	}
	if (!(status & B_BINARY)) {
		t.second = from_bcd(t.second);
		t.minute = from_bcd(t.minute);
		t.hour = from_bcd(t.hour);
		t.day = from_bcd(t.day);
		t.month = from_bcd(t.month);
		t.year = from_bcd(t.year);
	}
	if (!(status & B_24H))
		t.hour = (u8)(t.hour % 12 + (pm ? 12 : 0));
	if (t.month < 1 || t.month > 12)
		t.month = 1;
	return ((days_to(2000 + t.year, t.month) + t.day - 1) * 24 + t.hour) *
		       3600 +
	       t.minute * 60UL + t.second;
}

/* RDRAND where there is one; else the TSC, which at least differs each time. */
u64 arch_random(void)
{
	u64 v;
	u8 ok;

	for (int i = 0; cpu_features.rdrand && i < 10; i++) {
		__asm__ volatile("rdrand %0; setc %1" : "=r"(v), "=qm"(ok));
		if (ok)
			return v;
	}
	v = rdtsc();
	return v * 0x9e3779b97f4a7c15ULL ^ v >> 29;
}

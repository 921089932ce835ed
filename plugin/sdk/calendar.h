/* The Gregorian calendar, also before it was one. Invariant: months and days count from
 * 1, as they are written. */
#ifndef BERTH_SDK_CALENDAR_H
#define BERTH_SDK_CALENDAR_H

#include <stdint.h>

#include "berth_plugin.h"

/* 28 to 31; 0 when there is no such month. */
int calendar_days_of_month(int year, int month);

/* Days from 1970-01-01 to that one, which is a day of the calendar; year 0 or later. */
int64_t calendar_days_since_1970(int year, int month, int day);

enum { CALENDAR_TIME_SIZE = 32 };

/* A moment, in seconds since 1970, as RFC 3339 writes it ("2026-11-20T12:00:00Z"), in
 * `room`; empty when it is too far away to be written. */
struct berth_str calendar_time(int64_t seconds, char room[CALENDAR_TIME_SIZE]);

#endif

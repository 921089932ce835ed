#include "host/schema/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/schema/report.h"

static const double TWO_TO_63 = 9223372036854775808.0;

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_integer_real(json_int_t a, double b)
{
    if (b >= TWO_TO_63)
        return -1;
    if (b < -TWO_TO_63)
        return 1;
    double whole = trunc(b);
    json_int_t other = (json_int_t)whole;
    if (a != other)
        return a < other ? -1 : 1;
    return order(0, b - whole);
}

int number_compare(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t one = json_integer_value(a), other = json_integer_value(b);
        return (one > other) - (one < other);
    }
    if (json_is_integer(a))
        return compare_integer_real(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -compare_integer_real(json_integer_value(b), json_real_value(a));
    return order(json_real_value(a), json_real_value(b));
}

__extension__ typedef unsigned __int128 wide;

/* digits * 10^exponent, without its sign. */
struct decimal {
    uint64_t digits;
    int exponent;
};

static struct decimal decimal_of_real(double value)
{
    char text[40];
    int precision = 14;
    do {
        (void)snprintf(text, sizeof(text), "%.*e", precision++, fabs(value));
    } while (precision < 17 && strtod(text, NULL) != fabs(value));
    struct decimal d = {0, 0};
    const char *p = text;
    int fraction = -1;
    for (; *p && *p != 'e'; p++) {
        if (*p < '0' || *p > '9') {
            fraction = 0;
            continue;
        }
        d.digits = d.digits * 10 + (uint64_t)(*p - '0');
        fraction += fraction >= 0;
    }
    d.exponent = (int)strtol(*p ? p + 1 : "0", NULL, 10) - (fraction > 0 ? fraction : 0);
    return d;
}

static struct decimal decimal_of(const json_t *value)
{
    struct decimal d = {0, 0};
    if (json_is_real(value)) {
        d = decimal_of_real(json_real_value(value));
    } else {
        json_int_t n = json_integer_value(value);
        d.digits = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    }
    while (d.digits > 0 && d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    return d;
}

/* 10^exponent modulo `modulus`. */
static uint64_t power_of_ten(unsigned exponent, uint64_t modulus)
{
    wide result = 1 % modulus, square = 10 % modulus;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1u)
            result = result * square % modulus;
        square = square * square % modulus;
    }
    return (uint64_t)result;
}

bool number_is_multiple(const json_t *value, const json_t *unit)
{
    struct decimal v = decimal_of(value), u = decimal_of(unit);
    if (v.digits == 0)
        return true;
    if (v.exponent >= u.exponent) {
        uint64_t power = power_of_ten((unsigned)(v.exponent - u.exponent), u.digits);
        return (wide)v.digits % u.digits * power % u.digits == 0;
    }
    /* v.digits does not end in 0, so only 10^0 of the unit's larger power divides it. */
    return false;
}

static int refuse(struct check *x, const struct frame *f, const struct rule *rule,
                  const char *format)
{
    return problem(x, f, format, (const json_t *)rule->value);
}

static bool is_on_side(const struct frame *f, const struct rule *rule, int sign,
                       bool equal)
{
    if (!json_is_number(f->at->value))
        return true;
    int r = number_compare(f->at->value, rule->value) * sign;
    return r > 0 || (equal && r == 0);
}

int check_minimum(struct check *x, const struct frame *f, const struct rule *rule)
{
    return is_on_side(f, rule, 1, true)
               ? VALID
               : refuse(x, f, rule, "%v is too small; the least is %j");
}

int check_exclusive_minimum(struct check *x, const struct frame *f,
                            const struct rule *rule)
{
    return is_on_side(f, rule, 1, false)
               ? VALID
               : refuse(x, f, rule, "%v is too small; it must be greater than %j");
}

int check_maximum(struct check *x, const struct frame *f, const struct rule *rule)
{
    return is_on_side(f, rule, -1, true)
               ? VALID
               : refuse(x, f, rule, "%v is too large; the most is %j");
}

int check_exclusive_maximum(struct check *x, const struct frame *f,
                            const struct rule *rule)
{
    return is_on_side(f, rule, -1, false)
               ? VALID
               : refuse(x, f, rule, "%v is too large; it must be less than %j");
}

int check_multiple_of(struct check *x, const struct frame *f, const struct rule *rule)
{
    if (!json_is_number(f->at->value) || number_is_multiple(f->at->value, rule->value))
        return VALID;
    return refuse(x, f, rule, "%v is not a multiple of %j");
}

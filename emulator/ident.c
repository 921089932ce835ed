#include "emulator/ident.h"

#include <ctype.h>
#include <string.h>

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int ident_compare(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return (int)fold(*a) - (int)fold(*b);
}

bool ident_equal(const char *a, const char *b)
{
    return ident_compare(a, b) == 0;
}

void ident_fold(const char *id, char *out)
{
    while ((*out++ = (char)fold(*id++)) != '\0')
        continue;
}

static bool alphanumeric(char c)
{
    return isascii((unsigned char)c) && isalnum((unsigned char)c);
}

/* Nothing but letters, digits and `others`. */
static bool is_made_of(const char *s, const char *others)
{
    for (; *s; s++)
        if (!alphanumeric(*s) && !strchr(others, *s))
            return false;
    return true;
}

static const char *length_problem(size_t len)
{
    if (len == 0)
        return "is empty";
    return len > IDENT_MAX ? "is longer than 128 characters" : NULL;
}

const char *ident_problem(const char *id)
{
    size_t len = strlen(id);
    const char *problem = length_problem(len);

    if (problem)
        return problem;
    if (!is_made_of(id, "-._:"))
        return "has a character other than letters, digits, '-', '.', '_' and ':'";
    if (!alphanumeric(id[len - 1]) && id[len - 1] != '-')
        return "must end in a letter, a digit or '-'";
    if (ident_equal(id, "query"))
        return "is reserved";
    return NULL;
}

const char *device_id_problem(const char *id)
{
    const char *problem = length_problem(strlen(id));

    if (!problem && !is_made_of(id, "-:.+%_#*?!(),=@$'"))
        problem = "has a character that a device id may not have";
    return problem;
}

const char *id_scope_problem(const char *scope)
{
    size_t len = strlen(scope);

    if (len > 0 && len <= ID_SCOPE_MAX && is_made_of(scope, ""))
        return NULL;
    return "is not 1 to 11 letters and digits";
}

const char *host_problem(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > 253)
        return "is not a host name of 1 to 253 characters";
    return is_made_of(name, "-.") ? NULL
                                  : "has a character that a host name may not have";
}

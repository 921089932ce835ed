/* What each format takes and refuses. */
#include "tests/unit/schema_help.h"

#include "host/schema/format.h"
#include "sdk/str.h"

/* Texts separated by '|'. */
struct example {
    const char *format, *good, *bad;
};

static const struct example EXAMPLES[] = {
    {"date", "2024-02-29|0001-12-31|2000-02-29",
     "2023-02-29|1900-02-29|2024-13-01|2024-00-01|2024-1-01|24-01-01|2024-01-01Z|"},
    {"time", "00:00:00Z|23:59:60Z|01:29:60+01:30|12:00:00.5-08:00|08:00:00z",
     "24:00:00Z|12:60:00Z|12:00:61Z|12:00:60Z|12:00:00|12:00:00.Z|12:00:00+24:00|"},
    {"date-time", "2024-02-29T23:59:59Z|2024-02-29t23:59:59.123456789+01:00",
     "2024-02-30T00:00:00Z|2024-02-29 23:59:59Z|2024-02-29T23:59:59|"},
    {"duration", "P1Y2M3DT4H5M6S|PT1M|P3W|P1M2D|PT1H2M",
     "P|PT|P1YT|P1Y2W|P1Y2D|PT1H2S|P1|1D|P1H|PT1.5S|"},
    {"hostname", "a|a-b.example|xn--nxasmq6b|1.2.3.4.5",
     "|.|a.|-a|a-|a_b|a..b|\xc3\xa4.de"},
    {"ipv4", "0.0.0.0|255.255.255.255",
     "|1.2.3|1.2.3.4.5|256.1.1.1|01.2.3.4|1.2.3.4 |1..2.3"},
    {"ipv6", "::|::1|1::|1:2:3:4:5:6:7:8|::ffff:1.2.3.4|1:2:3:4:5:6:1.2.3.4",
     "|:|:::|1::2::3|1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9|12345::|::1%eth0|1::1.2.3|g::"},
    {"email", "a@b|a.b+c@d.example|\"a b\"@c|a@[127.0.0.1]|a@[IPv6:::1]",
     "|a|@b|a@|.a@b|a.@b|a..b@c|a b@c|a@[x]|a@b@c"},
    {"idn-email", "\xc3\xa4@\xc3\xb6.de|a@b", "|a|@|\xc3\xa4@|a@-b"},
    {"uri", "http://a/b?c#d|urn:a:b|http://[::1]:80/|http://[v1.a]/|a:|x://u:p@h",
     "|/a|a|http://a b|http://[a]|http://a:b|http://a/%zz|1a:b|http://\xc3\xa4/|a:{}"},
    {"uri-reference", "|/a|a/b:c|?q|#f|//h/p", "a b|1:b|#\\|//h:x|//a@b@c|/[1]"},
    {"iri", "http://\xc3\xa4/\xc3\xb6?\xee\x80\x80|a:b",
     "\xc3\xa4|http://a/\xee\x80\x80|a: "},
    {"iri-reference", "\xc3\xa4|", "\\|\xee\x80\x80"},
    {"uri-template", "|/a/{id}|{+a,b:3,c*}|{?x.y}|a%20b",
     "{|}|{}|{a|{a,}|{a:0}|{a:99999}|{a.}|a b|%z"},
    {"uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380|2EB8AA08-AA98-11EA-B4AA-73B441D16380",
     "|2eb8aa08aa9811eab4aa73b441d16380|2eb8aa08-aa98-11ea-b4aa-73b441d1638g"},
    {"json-pointer", "|/|/a~0b~1c|/0", "a|#/a|/~|/~2"},
    {"relative-json-pointer", "0|1/a|10#|0/", "|/a|01|1#/a|-1|0~"},
    {"regex", "a+|(?<=a+)b|[]", "(|a**|\\a"},
};

static void play(const struct format *format, const char *texts, int expected)
{
    for (;;) {
        size_t len = strcspn(texts, "|");
        if (format->check((struct berth_str){texts, len}) != expected)
            fail_msg("%s: '%.*s' %s", format->name, (int)len, texts,
                     expected ? "was refused" : "was taken");
        if (!texts[len])
            return;
        texts += len + 1;
    }
}

static void each_format_takes_and_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(EXAMPLES) / sizeof(EXAMPLES[0]); i++) {
        const struct format *format = format_find(EXAMPLES[i].format);
        assert_non_null(format);
        play(format, EXAMPLES[i].good, 1);
        play(format, EXAMPLES[i].bad, 0);
    }
}

static void each_format_has_examples(void **state)
{
    (void)state;
    for (unsigned i = 0; format_name(i); i++) {
        size_t j = 0;
        while (j < sizeof(EXAMPLES) / sizeof(EXAMPLES[0]) &&
               strcmp(EXAMPLES[j].format, format_name(i)) != 0)
            j++;
        if (j == sizeof(EXAMPLES) / sizeof(EXAMPLES[0]))
            fail_msg("%s has no examples", format_name(i));
    }
}

static void a_zero_byte_or_a_line_end_does_not_hide_the_rest(void **state)
{
    (void)state;
    assert_int_equal(format_ipv4(STR("1.2.3.4\0.evil")), 0);
    assert_int_equal(format_hostname(STR("a\n")), 0);
    assert_int_equal(format_date(STR("2024-01-01\n")), 0);
    assert_int_equal(format_uri(STR("a:b\0c")), 0);
    assert_int_equal(format_email(STR("a@b\0")), 0);
}

static void a_format_says_what_it_expects(void **state)
{
    (void)state;
    assert_problem("{'format':'date','description':'Day of delivery'}", "'29.2.2024'",
                   "'29.2.2024' is not a date such as 2024-02-29 (Day of delivery)");
}

static void only_strings_have_a_format(void **state)
{
    (void)state;
    assert_valid("{'format':'date'}", "5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_takes_and_refuses),
        cmocka_unit_test(each_format_has_examples),
        cmocka_unit_test(a_zero_byte_or_a_line_end_does_not_hide_the_rest),
        cmocka_unit_test(a_format_says_what_it_expects),
        cmocka_unit_test(only_strings_have_a_format),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

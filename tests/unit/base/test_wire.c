/* Protobuf messages: the examples of its documentation, damaged bytes, and what the writer made. */
#include "hex.h"
#include "wire.h"

#include "arena_case.h"

static Str bytes_of(const char *hex) {
    Str bytes;
    assert_true(hex_decode(str_from_cstr(hex), &bytes, arena));
    return bytes;
}

static void fields_of_every_form(void **) {
    WireField field;
    WireReader reader = wire_reader_new(bytes_of("089601"
                                                 "1207746573"
                                                 "74696e67"
                                                 "21efcdab8967452301"
                                                 "2d78563412"
                                                 "30ffffffffffffffffff01"));
    assert_true(wire_next(&reader, &field));
    assert_int_equal(field.number, 1);
    assert_int_equal(field.value, 150);
    assert_true(wire_next(&reader, &field));
    assert_int_equal(field.form, WIRE_BYTES);
    check_str(field.bytes, "testing");
    assert_true(wire_next(&reader, &field));
    assert_int_equal(field.form, WIRE_FIXED64);
    assert_true(field.value == 0x0123456789abcdef);
    assert_true(wire_next(&reader, &field));
    assert_int_equal(field.number, 5);
    assert_int_equal(field.value, 0x12345678);
    assert_true(wire_next(&reader, &field));
    assert_true((int64_t)field.value == -1);
    assert_false(wire_next(&reader, &field));
    assert_false(reader.is_bad);
}

static void damaged(void **) {
    static const char *const cases[] = {
        "08",                       /* no value */
        "0896",                     /* varint cut off */
        "08ffffffffffffffffffff01", /* varint of eleven bytes */
        "08ffffffffffffffffff02",   /* varint of more than 64 bits */
        "120374",                   /* text cut off */
        "12ffffffffffffffffff01",   /* longest length */
        "2100",                     /* fixed number cut off */
        "2d000000",                 /* */
        "0b",                       /* group */
        "0c",                       /* end of a group */
        "0e",                       /* reserved form */
        "0001",                     /* number 0 */
        "808080801001",             /* number above the maximum */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        WireField field;
        WireReader reader = wire_reader_new(bytes_of(cases[i]));
        if (wire_next(&reader, &field) || !reader.is_bad)
            fail_msg("%s is accepted", cases[i]);
        assert_false(wire_next(&reader, &field));
    }
}

static void writes(void **) {
    StrBuf out = strbuf_new(arena);
    wire_put_varint(&out, 1, 150);
    wire_put_varint(&out, 2, 0);
    wire_put_bytes(&out, 2, STR("testing"));
    wire_put_bytes(&out, 3, STR_EMPTY);
    wire_put_varint(&out, 6, UINT64_MAX);
    wire_end(&out, wire_begin(&out, 7));
    check_str_equal(hex_encode(strbuf_str(&out), arena),
                    STR("089601120774657374696e6730ffffffffffffffffff013a00"));
}

/* Lengths of one, two and three bytes, in three levels. */
static void nested(void **) {
    static const size_t lengths[] = {0,   1,   121, 122,   123,   124,
                                     125, 127, 128, 16370, 16384, 3000000};
    for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        StrBuf out = strbuf_new(arena);
        wire_put_varint(&out, 1, 7);
        size_t outer = wire_begin(&out, 2);
        size_t inner = wire_begin(&out, 30000);
        strbuf_add_repeat(&out, 'x', lengths[i]);
        wire_end(&out, inner);
        wire_put_varint(&out, 1, 8);
        wire_end(&out, outer);
        wire_put_varint(&out, 3, 9);

        WireField field;
        WireReader reader = wire_reader_new(strbuf_str(&out));
        assert_true(wire_next(&reader, &field) && field.value == 7);
        assert_true(wire_next(&reader, &field) && field.number == 2);
        WireReader within = wire_reader_new(field.bytes);
        assert_true(wire_next(&reader, &field) && field.value == 9);
        assert_false(wire_next(&reader, &field) || reader.is_bad);
        assert_true(wire_next(&within, &field) && field.number == 30000);
        assert_int_equal(field.bytes.len, lengths[i]);
        assert_true(wire_next(&within, &field) && field.value == 8);
        assert_false(wire_next(&within, &field) || within.is_bad);
    }
}

UNIT_MAIN(test_wire) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_every_form),
        cmocka_unit_test(damaged),
        cmocka_unit_test(writes),
        cmocka_unit_test(nested),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}

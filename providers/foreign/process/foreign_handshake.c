/* foreign_handshake: checks each field against its allowed values. */
#include "foreign_handshake.h"
#include "utf8.h"

enum { CORE, PROTOCOL, NETWORK, ADDRESS, TYPE, CERTIFICATE, FIELD_COUNT };
enum { CERTIFICATE_MIN = 50, SHOWN_MAX = 200 };

static bool handshake_refuse(Str *problem, Str sentence) {
    *problem = sentence;
    return false;
}

static bool is_protocol(Str text, int *out) {
    *out = str_equal_cstr(text, "5") ? 5 : str_equal_cstr(text, "6") ? 6 : 0;
    return *out != 0;
}

bool foreign_handshake_parse(Str line, ForeignHandshake *out, Str *problem, Arena *arena) {
    Str fields[FIELD_COUNT] = {0};
    Str rest = str_trim(line);
    int protocol;
    for (size_t i = 0; i < FIELD_COUNT && str_next_field(&rest, '|', &fields[i]); i++) {
    }
    if (!fields[ADDRESS].ptr || !str_equal_cstr(fields[CORE], "1"))
        return handshake_refuse(
            problem, str_format(arena, "It wrote \"%.*s\" instead of the address it listens at.",
                                STR_ARG(utf8_one_line(str_slice(line, 0, SHOWN_MAX), arena))));
    if (!str_equal_cstr(fields[TYPE], "grpc"))
        return handshake_refuse(problem,
                                STR("It is a plugin for Terraform 0.11 and older. Use a newer "
                                    "version of the provider."));
    if (!is_protocol(fields[PROTOCOL], &protocol))
        return handshake_refuse(
            problem, str_format(arena,
                                "It speaks version %.*s of the plugin protocol; loam speaks 5 "
                                "and 6. Use another version of the provider.",
                                STR_ARG(utf8_one_line(fields[PROTOCOL], arena))));
    if (!str_equal_cstr(fields[NETWORK], "unix") || fields[CERTIFICATE].len > CERTIFICATE_MIN)
        return handshake_refuse(problem, STR("It does not listen on a plain Unix socket."));
    *out = (ForeignHandshake){protocol, fields[ADDRESS]};
    return true;
}

/* host_timer: files in Base64, a line each. */
#include "host_timer.h"
#include "base64.h"
#include "digest.h"
#include "remote_script.h"

bool host_timer_run(SshLink *link, const char *script, const char *argument, Str input,
                    SshResult *out, Diags *diags) {
    Str verb = str_from_cstr(argument);
    return remote_script_run(
        link, (RemoteScript){.text = script, .argument = &verb, .input = input}, out, diags);
}

Str host_timer_input(const HostTimerFile *files, size_t count, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(&out, "%s %s %.*s\n", files[i].path,
                          files[i].text.len ? files[i].mode : "-",
                          STR_ARG(base64_encode(files[i].text, arena)));
    return strbuf_str(&out);
}

Str host_timer_digest(const HostTimerFile *files, size_t count, Arena *arena) {
    StrBuf content = strbuf_new(arena);
    for (size_t i = 0; i < count; i++)
        strbuf_add(&content, files[i].text);
    return digest_hex(DIGEST_SHA256, strbuf_str(&content), arena);
}

Str host_timer_line(Str *text) {
    Str line = STR_EMPTY;
    return str_next_field(text, '\n', &line) ? str_trim(line) : STR_EMPTY;
}

int64_t host_timer_number(Str *text) {
    int64_t number;
    return str_to_int64(host_timer_line(text), &number) && number > 0 ? number : 0;
}

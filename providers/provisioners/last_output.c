/* last_output: keeps at most twice the shown size, so that memory stays bounded. */
#include "last_output.h"

#include "utf8.h"

LastOutput last_output_new(const ProvisionCall *call) {
    return (LastOutput){.call = call, .text = strbuf_new(call->call.arena)};
}

void last_output_append(void *last, Str piece, bool is_error) {
    LastOutput *self = last;
    self->call->output(self->call->payload, piece, is_error);
    if (piece.len > LAST_OUTPUT_SIZE)
        piece = str_after(piece, piece.len - LAST_OUTPUT_SIZE);
    if (self->text.len + piece.len > 2 * LAST_OUTPUT_SIZE) {
        size_t kept = LAST_OUTPUT_SIZE < self->text.len ? LAST_OUTPUT_SIZE : self->text.len;
        memmove(self->text.ptr, self->text.ptr + self->text.len - kept, kept);
        self->text.len = kept;
    }
    strbuf_add(&self->text, piece);
}

Str last_output_text(const LastOutput *last, Arena *arena) {
    Str all = {last->text.ptr, last->text.len};
    if (all.len > LAST_OUTPUT_SIZE) {
        size_t from = all.len - LAST_OUTPUT_SIZE;
        size_t line = str_find_char(all, '\n', from);
        all = str_after(all, line == SIZE_MAX ? from : line + 1);
    }
    Str text = str_trim(utf8_strip_controls(all, arena));
    if (text.len == 0)
        return STR("It wrote no output.");
    text = utf8_indented(text, arena);
    return str_format(arena, "Its last output:%s%.*s", str_starts_with(text, STR("\n")) ? "" : " ",
                      STR_ARG(text));
}

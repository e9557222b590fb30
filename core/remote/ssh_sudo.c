/* Detects the prompt of sudo and the start of the command by PROMPT and READY in the error output.
 */
#include "ssh_sudo.h"

#include "utf8.h"

#define PROMPT "loam-sudo-password:"
#define READY  "loam-sudo-ready\n"

#define OUTPUT_LIMIT ((size_t)16 << 20)

typedef struct Sudo {
    const SshCommand *command;
    Str password;
    StrBuf head; /* error output before the command started */
    bool is_ready;
    size_t prompts;   /* received so far */
    size_t passwords; /* sent so far */
    Str input;        /* the rest of the command's input */
    StrBuf streams[2];
    size_t limit;
    bool truncated;
    Arena *arena;
} Sudo;

static void pass_output(Sudo *sudo, Str piece, bool is_error) {
    if (sudo->command->output) {
        sudo->command->output(sudo->command->payload, piece, is_error);
        return;
    }
    StrBuf *buf = &sudo->streams[is_error];
    size_t room = sudo->limit - buf->len;
    sudo->truncated |= piece.len > room;
    strbuf_add(buf, str_slice(piece, 0, room));
}

static size_t count_prompts(Str text) {
    size_t count = 0;
    for (size_t at = 0; (at = str_find(text, STR(PROMPT), at)) != SIZE_MAX; at++)
        count++;
    return count;
}

static void sudo_on_output(void *payload, Str piece, bool is_error) {
    Sudo *sudo = payload;
    if (!is_error || sudo->is_ready) {
        pass_output(sudo, piece, is_error);
        return;
    }
    strbuf_add(&sudo->head, piece);
    Str head = strbuf_str(&sudo->head);
    size_t at = str_find(head, STR(READY), 0);
    if (at == SIZE_MAX) {
        sudo->prompts = count_prompts(head);
        return;
    }
    sudo->is_ready = true;
    Str rest = str_after(head, at + strlen(READY));
    if (rest.len > 0)
        pass_output(sudo, rest, true);
}

static void sudo_on_tick(void *payload) {
    Sudo *sudo = payload;
    if (sudo->command->tick)
        sudo->command->tick(sudo->command->payload);
}

static int64_t sudo_write_text(Str *text, char *buffer, size_t size) {
    size_t count = text->len < size ? text->len : size;
    memcpy(buffer, text->ptr, count);
    *text = str_after(*text, count);
    return (int64_t)count;
}

static int64_t feed_command(Sudo *sudo, char *buffer, size_t size) {
    if (sudo->input.len > 0)
        return sudo_write_text(&sudo->input, buffer, size);
    return sudo->command->feed ? sudo->command->feed(sudo->command->payload, buffer, size) : -1;
}

static int64_t sudo_on_feed(void *payload, char *buffer, size_t size) {
    Sudo *sudo = payload;
    if (sudo->is_ready || sudo->password.len == 0)
        return feed_command(sudo, buffer, size);
    if (sudo->prompts <= sudo->passwords)
        return 0;
    /* A second prompt means that the password is wrong. The end of input ends sudo. */
    if (sudo->passwords++ > 0)
        return -1;
    Str line = str_concat(sudo->password, STR("\n"), sudo->arena);
    return sudo_write_text(&line, buffer, size);
}

/* Returns the messages of sudo without the prompts. */
static Str describe_refusal(const Sudo *sudo) {
    Str rest = strbuf_str(&sudo->head);
    StrBuf text = strbuf_new(sudo->arena);
    for (;;) {
        size_t at = str_find(rest, STR(PROMPT), 0);
        strbuf_add(&text, str_slice(rest, 0, at));
        if (at == SIZE_MAX)
            break;
        rest = str_after(rest, at + strlen(PROMPT));
    }
    Str words = utf8_one_line(strbuf_str(&text), sudo->arena);
    return words.len > 0 ? words : STR("sudo did not start the command");
}

SshStatus ssh_sudo_exec(const SshSudo *as, const SshCommand *command, SshResult *out,
                        SshProblem *problem, Arena *arena) {
    Sudo sudo = {
        .command = command,
        .password = as->password,
        .head = strbuf_new(arena),
        .input = command->input,
        .streams = {strbuf_new(arena), strbuf_new(arena)},
        .limit = command->output_limit ? command->output_limit : OUTPUT_LIMIT,
        .arena = arena,
    };
    SshCommand wrapped = *command;
    wrapped.command = str_format(
        arena, "sudo %s -H -- sh -c 'printf \"loam-sudo-ready\\n\" >&2; exec \"$@\"' loam %.*s",
        as->password.len > 0 ? "-S -p " PROMPT : "-n", STR_ARG(command->command));
    wrapped.input = STR_EMPTY;
    wrapped.feed = sudo_on_feed;
    wrapped.output = sudo_on_output;
    wrapped.tick = sudo_on_tick;
    wrapped.payload = &sudo;
    SshStatus status = as->ssh->exec(as->ssh->self, as->session, &wrapped, out, problem, arena);
    if (status == SSH_DONE && !sudo.is_ready) {
        problem->text = describe_refusal(&sudo);
        return SSH_SUDO_REFUSED;
    }
    /* sudo waits for a password that was not sent. In any other case it may have started the
     * command, because READY may be lost with the connection. */
    if (!sudo.is_ready && sudo.prompts > sudo.passwords)
        problem->may_have_run = false;
    out->out = strbuf_str(&sudo.streams[0]);
    out->err = strbuf_str(&sudo.streams[1]);
    out->truncated = sudo.truncated;
    return status;
}

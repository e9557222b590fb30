/* fake_ssh: machines in memory. Each connection and command has the same result, unless the machine
 * is among those that do not respond. */
#pragma once

#include "io.h"
#include "unit.h"

typedef struct FakeSsh {
    Ssh ssh;
    SshStatus status;    /* of each connection */
    const char *silent;  /* hosts that do not respond, separated by spaces; NULL: none */
    uintptr_t connected; /* number of the newest session */
    size_t closed;
    SshSession *via; /* of the last connection */
    SshSession *dead;
    SshSession *used; /* by the last command */
    SshStatus exec_status;
    bool may_have_run;        /* of a failed command */
    const char *output;       /* of each command; NULL: none */
    const char *error_output; /* NULL: none */
    bool reads_input;         /* after the error output */
    size_t commands;
} FakeSsh;

static inline bool fake_ssh_is_silent(const FakeSsh *fake, Str host) {
    Str names = str_from_cstr(fake->silent ? fake->silent : ""), name;
    while (str_next_field(&names, ' ', &name))
        if (str_equal(name, host))
            return true;
    return false;
}

static inline SshStatus fake_ssh_connect(void *self, const SshTarget *target, SshSession *via,
                                         SshTimeout timeout, SshSession **out, SshProblem *problem,
                                         Arena *arena) {
    FakeSsh *fake = self;
    (void)timeout, (void)arena;
    fake->connected++;
    fake->via = via;
    SshStatus status = fake_ssh_is_silent(fake, target->host) ? SSH_NO_RESPONSE : fake->status;
    if (status == SSH_DONE)
        *out = (SshSession *)(fake->connected * 16); /* never dereferenced */
    else
        problem->text = STR("no route");
    return status;
}

static inline SshStatus fake_ssh_exec(void *self, SshSession *session, const SshCommand *command,
                                      SshResult *out, SshProblem *problem, Arena *) {
    FakeSsh *fake = self;
    *out = (SshResult){.out = str_from_cstr(fake->output ? fake->output : "")};
    *problem = (SshProblem){.may_have_run = fake->may_have_run};
    fake->used = session;
    fake->commands++;
    if (fake->error_output)
        command->output(command->payload, str_from_cstr(fake->error_output), true);
    char buffer[64];
    if (fake->reads_input)
        (void)command->feed(command->payload, buffer, sizeof buffer);
    return fake->dead == session ? SSH_LOST : fake->exec_status;
}

static inline SshStatus fake_ssh_tunnel(void *self, SshSession *session, Str host, uint16_t port,
                                        uint16_t *out_port, SshProblem *problem, Arena *arena) {
    FakeSsh *fake = self;
    (void)host, (void)problem, (void)arena;
    *out_port = (uint16_t)(port + (uintptr_t)session);
    return fake->dead == session ? SSH_LOST : fake->exec_status;
}

static inline bool fake_ssh_is_alive(void *self, SshSession *session) {
    return ((FakeSsh *)self)->dead != session;
}

static inline void fake_ssh_close(void *self, SshSession *session) {
    ((FakeSsh *)self)->closed += session != NULL;
}

/* The machines must stay at this address. */
static inline const Ssh *fake_ssh_open(FakeSsh *fake) {
    fake->ssh = (Ssh){.self = fake,
                      .connect = fake_ssh_connect,
                      .exec = fake_ssh_exec,
                      .tunnel = fake_ssh_tunnel,
                      .is_alive = fake_ssh_is_alive,
                      .close = fake_ssh_close};
    return &fake->ssh;
}

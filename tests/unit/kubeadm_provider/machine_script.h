/* machine_script: a machine in memory that follows a script, one row for each command. */
#pragma once

#include "unit.h"

#include "ssh_client.h"

typedef struct MachineRow {
    const char *out;
    const char *err;
    int exit_status;
    SshStatus status;
} MachineRow;

typedef struct MachineScript {
    const MachineRow *rows;
    size_t count;
    size_t next;
    StrVec commands;
    StrVec inputs;
    Arena *arena;
    Ssh ssh;
    Io io;
    Call call;
    SshLink link;
    Diags diags;
} MachineScript;

static inline SshStatus machine_script_connect(void *, const SshTarget *, SshSession *, SshTimeout,
                                               SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)16; /* never dereferenced */
    return SSH_DONE;
}

static inline SshStatus machine_script_exec(void *self, SshSession *, const SshCommand *command,
                                            SshResult *out, SshProblem *problem, Arena *) {
    MachineScript *machine = self;
    vec_push(machine->arena, &machine->commands, str_clone(command->command, machine->arena));
    vec_push(machine->arena, &machine->inputs, str_clone(command->input, machine->arena));
    assert_true(machine->next < machine->count);
    const MachineRow *row = &machine->rows[machine->next++];
    Str text = str_from_cstr(row->out ? row->out : "");
    Str error = str_from_cstr(row->err ? row->err : "");
    *problem = (SshProblem){.text = STR("a problem")};
    *out = (SshResult){.exit_status = row->exit_status};
    if (command->output) {
        if (text.len)
            command->output(command->payload, text, false);
        if (error.len)
            command->output(command->payload, error, true);
    } else {
        out->out = text;
        out->err = error;
    }
    return row->status;
}

static inline bool machine_script_is_alive(void *, SshSession *) {
    return true;
}

static inline void machine_script_close_session(void *, SshSession *) {
}

/* The machine must stay at this address. */
static inline void machine_script_open(MachineScript *machine, const MachineRow *rows, size_t count,
                                       Arena *arena) {
    SshSettings settings = {.machine.target = {.host = STR("10.0.0.9"), .port = 22}};
    settings.machine.target.user = STR("root");
    *machine = (MachineScript){.rows = rows, .count = count, .arena = arena};
    machine->ssh = (Ssh){.self = machine,
                         .connect = machine_script_connect,
                         .exec = machine_script_exec,
                         .is_alive = machine_script_is_alive,
                         .close = machine_script_close_session};
    machine->io = io_real();
    machine->io.ssh = &machine->ssh;
    machine->call = (Call){.io = &machine->io, .arena = arena};
    machine->diags = diags_new(arena);
    ssh_client_link_to(&machine->call, &settings, &machine->link);
}

/* All rows must have been used. */
static inline void machine_script_close(MachineScript *machine) {
    assert_int_equal(machine->next, machine->count);
    ssh_client_release(&machine->link);
}

/* etcd_schedule: a timer of systemd that takes snapshots of etcd on a control plane.
 *
 * The files on the machine: /etc/loam/etcd-snapshot, and the units loam-etcd-snapshot.service and
 * .timer. So a machine has at most one schedule. */
#pragma once

#include "ssh_client.h"

typedef struct EtcdSchedule {
    Str calendar;  /* a calendar event of systemd: "daily", "*-*-* 03:00:00" */
    Str directory; /* on the machine, absolute */
    int64_t keep;  /* number of snapshots */
} EtcdSchedule;

/* Attribute checks. */
Str etcd_schedule_check_calendar(Value value, Arena *arena);
Str etcd_schedule_check_directory(Value value, Arena *arena);
Str etcd_schedule_check_keep(Value value, Arena *arena);

/* Writes the files, and starts the timer. */
MUST_USE bool etcd_schedule_write(SshLink *link, const EtcdSchedule *schedule, Diags *diags);
/* Compares the files, and whether the timer runs. */
MUST_USE bool etcd_schedule_is_current(SshLink *link, const EtcdSchedule *schedule, bool *out,
                                       Diags *diags);
/* Succeeds if there is none. Snapshots stay. */
MUST_USE bool etcd_schedule_remove(SshLink *link, Diags *diags);

/* etcd_schedule: a timer of systemd that takes snapshots of etcd on a control plane, and another
 * one that rehearses their restore (etcd_rehearse.sh).
 *
 * The files on the machine: /etc/loam/etcd-snapshot, and the units loam-etcd-snapshot.service and
 * .timer; with a bucket, /etc/loam/etcd-snapshot.s3 and .key; with rehearsals,
 * /etc/loam/etcd-rehearsal and the units loam-etcd-rehearsal. So a machine has at most one
 * schedule.
 */
#pragma once

#include "etcd_upload.h"

typedef struct EtcdSchedule {
    Str calendar;             /* a calendar event of systemd: "daily", "*-*-* 03:00:00" */
    Str directory;            /* on the machine, absolute */
    int64_t keep;             /* number of snapshots */
    Str rehearse;             /* calendar event of the rehearsals; empty: none */
    const EtcdUpload *upload; /* to a bucket instead of the directory; NULL: none */
} EtcdSchedule;

/* What a machine reports. */
typedef struct EtcdScheduleReport {
    bool is_current;    /* the files are those of the schedule, and its timers run */
    int64_t interval_s; /* longest time between two snapshots; 0: unknown */
    int64_t age_s;      /* since the schedule was written */
    Str node;           /* as in the names of its snapshots */
    SnapshotKeys keys;  /* of the oldest snapshot in the directory */
    Str rehearsal;      /* "passed 2026-01-31T03:00:00Z …" or "failed …"; empty: none yet */
} EtcdScheduleReport;

/* Attribute checks. */
Str etcd_schedule_check_directory(Value value, Arena *arena);
Str etcd_schedule_check_keep(Value value, Arena *arena);

/* Writes the files, and starts the timers. */
MUST_USE bool etcd_schedule_write(SshLink *link, const EtcdSchedule *schedule, Diags *diags);
/* Compares the files, without the credentials, and whether the timers run. */
MUST_USE bool etcd_schedule_read(SshLink *link, const EtcdSchedule *schedule,
                                 EtcdScheduleReport *out, Diags *diags);
/* Succeeds if there is none. Snapshots stay. */
MUST_USE bool etcd_schedule_remove(SshLink *link, Diags *diags);

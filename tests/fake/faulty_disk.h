/* FaultyDisk: a Disk in memory that fails, or loses power, at the Nth operation.
 *
 * Written data is visible to all at once, but survives a power loss only once synced: the content
 * by a sync of the file, the name by a sync of its directory. After a power loss, data that was not
 * synced is kept (only the process died), lost, or partly kept: each piece of content is as before,
 * as after, or garbled; of the names, the oldest changes are kept first.
 *
 * After the fault, every operation of a powerless disk fails until faulty_disk_restart. For use by
 * one thread. */
#pragma once

#include "disk.h"

typedef enum Fault {
    FAULT_NONE,
    FAULT_ERROR,  /* -EIO once, after half of the operation; then no fault */
    FAULT_KILL,   /* the process ends; its writes stay */
    FAULT_LOSE,   /* power ends; unsynced data is lost */
    FAULT_GARBLE, /* power ends; unsynced data is arbitrary */
} Fault;

typedef struct FaultyDisk FaultyDisk;

/* Directories exist without being created. */
FaultyDisk *faulty_disk_new(Arena *arena);
Disk faulty_disk_as_disk(FaultyDisk *disk);
/* The fault occurs at the `after`th operation from now (0: the next one). */
void faulty_disk_arm(FaultyDisk *disk, Fault fault, uint64_t after, uint64_t seed);
/* Returns true if the fault has occurred and the disk has no power, or its process has died. */
bool faulty_disk_is_dead(const FaultyDisk *disk);
/* Returns the number of operations since the disk was armed. */
uint64_t faulty_disk_operations(const FaultyDisk *disk);
/* Restores power: the surviving data is there, nothing is open or locked, no fault is armed. */
void faulty_disk_restart(FaultyDisk *disk);

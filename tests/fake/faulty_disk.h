/* FaultyDisk: a Disk in memory that fails, or loses power, at the Nth operation.
 *
 * What is written is seen by everybody at once, but survives a loss of power only once synced: the
 * content by a sync of the file, the name by a sync of its folder. Of what was not synced, a loss
 * of power keeps everything (the process died, the machine did not), loses it, or keeps some of it:
 * each piece of content as before, as after, or garbled; of the names, the oldest changes first.
 *
 * From the fault on, everything of a powerless disk fails until faulty_disk_restart. One thread. */
#pragma once

#include "disk.h"

typedef enum Fault {
    FAULT_NONE,
    FAULT_ERROR,  /* -EIO once, half done; then all is well again */
    FAULT_KILL,   /* the process ends; what it wrote stays */
    FAULT_LOSE,   /* power ends; what was not synced is lost */
    FAULT_GARBLE, /* power ends; what was not synced is anything */
} Fault;

typedef struct FaultyDisk FaultyDisk;

/* Folders exist all by themselves. */
FaultyDisk *faulty_disk_new(Arena *arena);
Disk faulty_disk_as_disk(FaultyDisk *disk);
/* The fault comes at the `after`th operation from now (0: the next one). */
void faulty_disk_arm(FaultyDisk *disk, Fault fault, uint64_t after, uint64_t seed);
/* The fault has come, and the disk has no power (or its process no life). */
bool faulty_disk_is_dead(const FaultyDisk *disk);
/* Operations since it was armed. */
uint64_t faulty_disk_operations(const FaultyDisk *disk);
/* Power is back: what survived is there, nothing is open or locked, no fault is armed. */
void faulty_disk_restart(FaultyDisk *disk);

/* object_segments: the segments of a journal as objects of a store, each with its number as key. */
#pragma once

#include "journal_segments.h"
#include "named_objects.h"

/* `objects` has `create`, and must live as long. A run that lost its lock cannot continue beside
 * the next one, since only one of them creates the object of a number. */
SegmentStore object_segments_new(const NamedObjects *objects, Arena *arena);

/* fake_world: functions common to the types of the fake provider. */
#pragma once

#include "fake_provider.h"
#include "object_builder.h"

FakeWorld *fake_world_of(const Call *call);
bool fake_world_is_ordered(FakeWorld *world, Str order);

/* Counts the concurrent calls in the object's group; waits in a slow world. */
void fake_world_work(const Call *call, Value object);
/* The limit of the object's group: two concurrent calls for "pair", one for any other. */
bool fake_world_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                       Diags *diags);

/* Adds an object with the name and the size of the planned one. The caller holds the mutex. */
FakeObject *fake_world_add(FakeWorld *world, Value planned);

extern const ResourceType fake_vault;
extern const ResourceType fake_card;
extern const ResourceType fake_relic;
extern const ListType fake_cards;
extern const ActionType fake_mark, fake_note;

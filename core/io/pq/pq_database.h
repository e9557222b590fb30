/* pq_database: libpq as the client behind Database. */
#pragma once

#include "database.h"

extern const Database pq_database;

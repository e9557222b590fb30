/* pq_database: implements Database with libpq. */
#pragma once

#include "database.h"

extern const Database pq_database;

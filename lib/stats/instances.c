/*
 * Instances from the texts =instance:NUMBER.
 */
#include "lib/stats/instances.h"

void
instances_find(const struct snapshot *snapshot, struct instances *instances_r)
{
	instances_r->at[0] = (struct instance){ INSTANCE_ALL, SLICE("all") };
	instances_r->count = 1;
	for (size_t i = 0; snapshot != NULL && i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len };
		size_t len = strnlen(text->text, TEXT_MAX);
		uint64_t number;

		if (!slice_skip(&key, "=instance:") ||
		    !slice_number(key, &number) || number <= INSTANCE_ALL ||
		    number > INT32_MAX || len > LABEL_MAX ||
		    instances_r->count == COUNT(instances_r->at))
			continue;
		instances_r->at[instances_r->count++] = (struct instance){
			(uint32_t)number, { text->text, len }
		};
	}
}

const struct instance *
instances_named(const struct instances *instances, struct slice name)
{
	if (name.len == 0)
		return (&instances->at[0]);
	for (size_t i = 1; i < instances->count; i++)
		if (slice_same(instances->at[i].name, name))
			return (&instances->at[i]);
	return (NULL);
}

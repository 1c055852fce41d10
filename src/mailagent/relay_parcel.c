#include "mailagent/relay_parcel.h"

#include <stdlib.h>

void
parcel_put(struct parcel_queue *q, struct parcel *p)
{
	if (q->first == NULL)
		q->last = &q->first;
	*q->last = p;
	q->last = &p->next;
	p->next = NULL;
}

struct parcel *
parcel_take(struct parcel_queue *q)
{
	struct parcel *p = q->first;

	if (p != NULL)
		q->first = p->next;
	return p;
}

void
parcel_free(struct parcel *p)
{
	buf_done(&p->payload);
	free(p);
}

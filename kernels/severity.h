#ifndef TIEOUT_SEVERITY_H
#define TIEOUT_SEVERITY_H

#include "anomaly.h"

/* How urgent an anomaly is: how clearly the forest sees it against how much money it is.
 *
 *   largest of |difference|      score (decision function)
 *   and |change of it|           above -0.05   above -0.15   -0.15 and below
 *   ---------------------------------------------------------------------
 *   below 1/10 of materiality    low           low           medium
 *   below materiality            low           medium        high
 *   below 10 times materiality   medium        high          critical
 *   10 times and more            high          critical      critical
 *
 * difference, change and materiality are in the same currency; materiality > 0, the amount from
 * which a break matters there. */
enum severity severity_of(double score, double difference, double change, double materiality);

#endif

#!/usr/bin/perl
# Make contrib/snmp_exporter/generator.yml of the one table: what Prometheus'
# snmp_exporter asks for.  Rows have the name of their instance of Postfix in a
# label.  Texts are left out: those that change would make a series each time.

use strict;
use warnings;
use lib 'tools';
use Kit;

my (@walks, @split, @texts, %seen);

for my $object (grep { $_->{place} ne 'notification' } objects()) {
	my $table = $object->{place} =~ /column|text|name/;
	my $home = $object->{home} . ($table ? 'Table' : '');

	push @walks, $home unless $seen{$home}++;
	push @texts, $object->{object} if $object->{place} =~ /text|name/;
}
print <<"E";
# Made by `make generate' from lib/stats/metrics.def: do not edit.
modules:
  postfix:
    # snmp_exporter 0.23 and later: take these three lines away, and have
    # "auths: { postfix: { version: 2, community: public } }" beside "modules".
    version: 2
    auth:
      community: public
    walk:
E
print map { "      - $_\n" } @walks;
print <<"E";
    lookups:
      - source_indexes: [ pfsInstanceIndex ]
        lookup: pfsInstanceName
        drop_source_indexes: true
    overrides:
E
print map { "      $_: { ignore: true }\n" } @texts;
print map { "      $_->{object}: { type: gauge }\n" }
    grep { $_->{type} eq 'PfsGauge64' } objects();

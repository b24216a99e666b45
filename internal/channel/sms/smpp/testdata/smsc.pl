# A carrier on Net::SMPP, a third codec: prints its port, then one line a submit_sm, until the client unbinds.
use strict; use warnings; use Net::SMPP; use IO::Socket::INET;
$| = 1;
my $probe = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die $!;
my $port = $probe->sockport; close $probe;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34) or die "listen: $!";
print "port $port\n";
my $client = $listener->accept or die "accept: $!";
my $n = 0;
while (my $pdu = $client->read_pdu) {
    my $command = $pdu->{cmd};
    if    ($command == 0x09) { $client->bind_transceiver_resp(seq => $pdu->seq, system_id => 'perl', status => 0) }
    elsif ($command == 0x15) { $client->enquire_link_resp(seq => $pdu->seq, status => 0) }
    elsif ($command == 0x06) { $client->unbind_resp(seq => $pdu->seq, status => 0); last }
    elsif ($command == 0x04) {
        $n++;
        printf "%s %s %d %d %s %s\n", $pdu->{source_addr}, $pdu->{destination_addr}, $pdu->{esm_class}, $pdu->{data_coding},
            $pdu->{validity_period}, unpack('H*', $pdu->{short_message});
        $client->submit_sm_resp(seq => $pdu->seq, message_id => "p$n", status => 0);
    }
}

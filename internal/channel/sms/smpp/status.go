package smpp

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// Statuses that the session itself names, SMPP 3.4 section 5.1.3.
const (
	statusInvalidLength  = 0x00000002 // ESME_RINVCMDLEN
	statusInvalidCommand = 0x00000003 // ESME_RINVCMDID
	statusBindFailed     = 0x0000000D // ESME_RBINDFAIL
	statusTryAgain       = 0x00000064 // ESME_RX_T_APPN: "ESME Receiver Temporary App Error Code"
	statusNever          = 0x00000065 // ESME_RX_P_APPN: "ESME Receiver Permanent App Error Code"
)

// verdict is what a command_status means for a message.
type verdict struct {
	name      string
	reason    buurtbel.Reason
	temporary bool
}

// verdicts is the table of SMPP 3.4 section 5.1.3 as far as it can answer a bind, submit_sm or data_sm. "Temporary" is decided for a warning that
// must not be lost: what may be a passing state of the carrier is tried again, what names a field of this message is not.
var verdicts = map[uint32]verdict{
	0x01: {"ESME_RINVMSGLEN", buurtbel.TooLong, false},
	0x02: {"ESME_RINVCMDLEN", buurtbel.Rejected, false},
	0x03: {"ESME_RINVCMDID", buurtbel.Rejected, false},
	0x04: {"ESME_RINVBNDSTS", buurtbel.Unreachable, true},
	0x05: {"ESME_RALYBND", buurtbel.Unreachable, true},
	0x06: {"ESME_RINVPRTFLG", buurtbel.Rejected, false},
	0x07: {"ESME_RINVREGDLVFLG", buurtbel.Rejected, false},
	0x08: {"ESME_RSYSERR", buurtbel.Unreachable, true},
	0x0A: {"ESME_RINVSRCADR", buurtbel.Rejected, false},
	0x0B: {"ESME_RINVDSTADR", buurtbel.InvalidAddress, false},
	0x0C: {"ESME_RINVMSGID", buurtbel.Rejected, false},
	0x0D: {"ESME_RBINDFAIL", buurtbel.Unreachable, true}, // answering a bind: credentials, see whyDown
	0x0E: {"ESME_RINVPASWD", buurtbel.Credentials, true},
	0x0F: {"ESME_RINVSYSID", buurtbel.Credentials, true},
	0x11: {"ESME_RCANCELFAIL", buurtbel.Rejected, false},
	0x13: {"ESME_RREPLACEFAIL", buurtbel.Rejected, false},
	0x14: {"ESME_RMSGQFUL", buurtbel.Throttled, true},
	0x15: {"ESME_RINVSERTYP", buurtbel.Rejected, false},
	0x33: {"ESME_RINVNUMDESTS", buurtbel.Rejected, false},
	0x34: {"ESME_RINVDLNAME", buurtbel.Rejected, false},
	0x40: {"ESME_RINVDESTFLAG", buurtbel.Rejected, false},
	0x42: {"ESME_RINVSUBREP", buurtbel.Rejected, false},
	0x43: {"ESME_RINVESMCLASS", buurtbel.Rejected, false},
	0x44: {"ESME_RCNTSUBDL", buurtbel.Rejected, false},
	0x45: {"ESME_RSUBMITFAIL", buurtbel.Rejected, true}, // "submit_sm or submit_multi failed" says nothing of the message
	0x48: {"ESME_RINVSRCTON", buurtbel.Rejected, false},
	0x49: {"ESME_RINVSRCNPI", buurtbel.Rejected, false},
	0x50: {"ESME_RINVDSTTON", buurtbel.InvalidAddress, false},
	0x51: {"ESME_RINVDSTNPI", buurtbel.InvalidAddress, false},
	0x53: {"ESME_RINVSYSTYP", buurtbel.Credentials, true},
	0x54: {"ESME_RINVREPFLAG", buurtbel.Rejected, false},
	0x55: {"ESME_RINVNUMMSGS", buurtbel.Rejected, false},
	0x58: {"ESME_RTHROTTLED", buurtbel.Throttled, true},
	0x61: {"ESME_RINVSCHED", buurtbel.Rejected, false},
	0x62: {"ESME_RINVEXPIRY", buurtbel.Rejected, false},
	0x63: {"ESME_RINVDFTMSGID", buurtbel.Rejected, false},
	0x64: {"ESME_RX_T_APPN", buurtbel.Unreachable, true},
	0x65: {"ESME_RX_P_APPN", buurtbel.Rejected, false},
	0x66: {"ESME_RX_R_APPN", buurtbel.Rejected, false},
	0x67: {"ESME_RQUERYFAIL", buurtbel.Rejected, false},
	0xC0: {"ESME_RINVOPTPARSTREAM", buurtbel.Rejected, false},
	0xC1: {"ESME_ROPTPARNOTALLWD", buurtbel.Rejected, false},
	0xC2: {"ESME_RINVPARLEN", buurtbel.Rejected, false},
	0xC3: {"ESME_RMISSINGOPTPARAM", buurtbel.Rejected, false},
	0xC4: {"ESME_RINVOPTPARAMVAL", buurtbel.Rejected, false},
	0xFE: {"ESME_RDELIVERYFAILURE", buurtbel.Unreachable, true},
	0xFF: {"ESME_RUNKNOWNERR", buurtbel.Other, true},
}

// failureOf tells what a command_status other than 0 means for a message. A code outside the table, such as a vendor's (0x400 to 0x4FF), is
// Other and temporary: what it means is unknown, and a second try is cheaper than a lost warning.
func failureOf(status uint32) channel.Failure {
	v, known := verdicts[status]
	if !known {
		v = verdict{reason: buurtbel.Other, temporary: true}
	}
	return channel.Failure{Reason: v.reason, Temporary: v.temporary, Code: statusCode(status)}
}

// statusCode writes a status as operators and carriers do.
func statusCode(status uint32) string { return fmt.Sprintf("0x%08X", status) }

// statusName is the specification's name of a status.
func statusName(status uint32) string {
	if status == 0 {
		return "ESME_ROK"
	}
	if v, known := verdicts[status]; known {
		return v.name
	}
	return "unknown"
}

package town

// Given and family names as one meets them in a Flemish town. Who has which is drawn by lot.
var givenNames = []string{
	"Marie", "Jan", "Anke", "Pieter", "Fatima", "Luc", "Els", "Youssef", "Griet", "Tom", "Nathalie", "Bart", "Ayşe", "Koen", "Hilde", "Mohamed",
	"Sofie", "Dirk", "Lotte", "Wim", "Katrien", "Stijn", "Martine", "Karim", "Ilse", "Geert", "Agnieszka", "Johan", "Veerle", "Mehmet", "Inge", "Peter",
	"Leen", "Joris", "Amina", "Rik", "Nele", "Filip", "Chantal", "Bruno", "Tine", "Erik", "Magda", "Hassan", "Liesbeth", "Frank", "Zoë", "Kristof",
	"Rita", "Sam", "Nadia", "Walter", "Evelien", "Ivo", "Ingrid", "Piotr", "Marleen", "Davy", "Elif", "Guy", "Paulien", "Ahmed", "Greet", "Jeroen",
	"Monique", "Wout", "Samira", "Etienne", "Godelieve", "Ruben", "Yvette", "Ward", "Khadija", "Lieven", "Annelies", "Emre", "Denise", "Arne", "Thérèse", "Noël",
}

var familyNames = []string{
	"Peeters", "Janssens", "Maes", "Jacobs", "Willems", "Claes", "Goossens", "Wouters", "De Smet", "El Amrani", "Vermeulen", "Yilmaz", "Pauwels", "Van Damme",
	"Hermans", "Aerts", "Michiels", "Lambrecht", "Benali", "Martens", "De Clercq", "Van den Broeck", "Dubois", "Smets", "Kowalska", "De Backer", "Verhaegen",
	"Lemmens", "Öztürk", "Segers", "Van de Velde", "Coppens", "Bogaert", "De Wilde", "Haddad", "Verstraete", "Bauwens", "Cools", "Demir", "Van Hecke",
	"De Meyer", "Moens", "Lenaerts", "Devos", "Ouali", "Baert", "Vandenberghe", "Thys", "Nowak", "De Cock", "Verbeke", "Sterckx", "Leroy", "Kaya", "Van Acker",
	"Mertens", "D'Hondt", "Blomme", "Timmermans", "Ghysels", "Casier", "Van Hoof", "Idrissi", "Roelandt", "Geerts", "Huyghe", "Lauwers", "Renard", "Van Laere",
	"Declercq", "Naessens", "Ceulemans", "Van Looy", "Arslan", "Vercruysse", "Boonen", "Seghers", "De Ridder", "Popescu", "Verlinden", "Vanhove", "Callens",
}

var shopKinds = []string{"Bakkerij", "Slagerij", "Boekhandel", "Apotheek", "Kapsalon", "Bloemen", "Fietsen", "Traiteur", "Schoenen", "Optiek", "Koffiebar", "Ijzerwaren"}

var shopNames = []string{
	"De Vlierbloesem", "Het Korenaartje", "Tierlantijn", "De Zeven Kaarsen", "Bij de Schepen", "Het Lakenhuis", "De Blauwe Vlier", "Op de Garenmarkt",
	"Zilverling", "De Vlierboom", "Het Botervat", "Kant en Kruid",
}

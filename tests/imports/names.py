"""Names, streets and towns as lists of customers have them, by language; made up, with its usual letters."""

NAMES = {
    "English": """
        Smith|Jones|O’Brien|Taylor|Zoë Clarke|Renée Walsh|Chloé Adams|D’Arcy|Evans|Wilson|
        Café Row 4|High Street 12|Station Road 7|St Mary’s Lane|Leeds|London|Bristol|Brontë Close|
        Thomas|Roberts
    """,
    "French": """
        Lefèvre|François Dubois|Hélène Côté|Benoît Gauthier|Chloé Prévost|Noël Lacroix|
        Agnès Bérard|Jérôme Château|Inès Maître|Élodie Rousseau|12 rue de l’Église|
        3 allée des Chênes|Besançon|Orléans|Saint-Étienne|8 avenue Général-Leclerc|Angoulême|
        Nîmes|Châlons|Œuvrard|Sœur Cécile|Aÿ
    """,
    "Spanish": """
        Muñoz|José García|María Núñez|Iñigo Peña|Ángel Martínez|Begoña Ibáñez|Sofía Gómez|
        Raúl Yáñez|Andrés Güemes|Lucía Fernández|Calle Alcalá 15|Av. de la Constitución 3, 2º|
        Málaga|A Coruña|León|Cáceres|Plaza España 1|Jesús Rodríguez|Mª Carmen López|Logroño
    """,
    "Portuguese": """
        João Gonçalves|Conceição Simões|António Magalhães|Inês Brandão|Luís Araújo|Mónica Leitão|
        Estêvão Falcão|Rua da Assunção 8|Avenida São João 22|Guimarães|Évora|São Paulo|Brasília|
        Ribeirão Preto|Maceió|Travessa das Mães|Sebastião Pinhão|Ângela Câmara|Fátima Lourenço|
        Camões
    """,
    "German": """
        Müller|Jürgen Schröder|Käthe Weiß|Günther Groß|Björn Jäger|Bäcker|Königstraße 4|
        Hauptstraße 12|Köln|München|Düsseldorf|Lübeck|Tübingen|Österreicher|Ärztehaus|Übelacker|
        Sören Möller|André Häußler|Schöne Aussicht 3|Fürth
    """,
    "Italian": """
        Nicolò Ferrari|Niccolò Libertà|Forlì|Cantù|Via della Libertà 9|Piazza Università|Lodè|
        Aldo Corrà|Dalla Betta|Giosuè Verdù|Viale XXIV Maggio|Calì|Zanutò|San Donà|Santhià|
        Via Così 5|Città di Castello|Rossi|Bianchi|Esposito
    """,
    "Dutch": """
        Daniël de Vries|Zoë Coenraad|Noël Jansen|Renée Mulder|Marië|Brücke|Coördinatiestraat 1|
        Hendriksz|Van der Meer|De Groot|José Bakker|Anaïs Visser|Eikenlaan 4|Zuiderzeeweg 12|
        ’s-Hertogenbosch|Den Haag|Ypenburg|Reünieplein|Geërd|Loïs Smit
    """,
    "Swedish": """
        Åsa Sjöberg|Björn Öberg|Göran Nyström|Märta Åkesson|Håkan Lindström|Örjan Ängquist|
        Kungsgatan 5|Östra Hamngatan 2|Malmö|Göteborg|Växjö|Skellefteå|Umeå|Västerås|Jönköping|
        Åström|Söderström|André Ek|Nygård|Bergström
    """,
    "Norwegian": """
        Bjørn Håkonsen|Søren Ødegård|Åse Bråten|Kåre Sæther|Øystein Næss|Gjøvik|Tromsø|Ålesund|
        Bodø|Storgata 5|Kjærlighetsveien 3|Færder|Løvås|Sørensen|Håvard Lie|Torbjørn Dæhlen|Våge|
        Mjøndalen|Strømmen|Ås
    """,
    "Danish": """
        Søren Kjær|Jørgen Nørgaard|Åge Sørensen|Kirsten Bækgård|Ærø|Østergade 12|Nørrebrogade 8|
        København|Århus|Næstved|Køge|Møller|Bjørn Højgaard|Skælskør|Sønderborg|Kærgaard|Gråsten|
        Store Kongensgade|Ålborg|Frederiksværk
    """,
    "Finnish": """
        Väinö Mäkelä|Päivi Järvinen|Yrjö Hämäläinen|Äijälä|Hääkkä|Mäkinen|Lämsä|Kärkkäinen|
        Jyväskylä|Hämeenlinna|Töölönkatu 4|Seinäjoki|Pöyhönen|Åberg|Öhman|Hyvinkää|Ylöjärvi|
        Kemijärventie|Sääksjärvi|Rämö
    """,
    "Icelandic": """
        Þórður Sigurðsson|Guðrún Jónsdóttir|Ægir Þorsteinsson|Hafnarfjörður|Reykjavík|Ísafjörður|
        Björk|Sólveig Árnadóttir|Ólafur Egilsson|Sigríður|Kópavogur|Akureyri|Laugavegur 3|
        Hallgrímur|Jóhanna|Egilsstaðir|Víðimelur|Garðabær|Höfn|Ásgeir Þór
    """,
    "mixed Western": """
        Muñoz|Jürgen Weiß|François Côté|João Simões|Søren Kjær|Åsa Sjöberg|Niccolò Libertà|
        Zoë Clarke|O’Brien|Smith|Johnson|García|Dvorak|Lefèvre|Hernández|Müller|Peña|Gonçalves|Li|
        Nguyen|Patel
    """,
    "capitals": """
        MUÑOZ|JOSÉ GARCÍA|JÜRGEN|FRANÇOIS CÔTÉ|JOÃO|NÚÑEZ|PEÑA|ÁNGEL MARTÍNEZ|BEGOÑA|GÓMEZ|
        ANDRÉ LEFÈVRE|CALLE ALCALÁ 15|MÁLAGA|LEÓN|CÁCERES|PLAZA ESPAÑA 1|RODRÍGUEZ|LÓPEZ|LOGROÑO|
        SMITH
    """,
    "Polish": """
        Michał Wójcik|Łukasz Dąbrowski|Małgorzata Woźniak|Zażółć Gęślą|Jaźń|Paweł Król|Ślusarczyk|
        Żaneta|ul. Świętokrzyska 14|ul. Różana 3|Łódź|Kraków|Gdańsk|Poznań|Częstochowa|Jabłoński|
        Krzyżanowska|Bełchatów|Józef Ćwik|Grażyna Szymańska
    """,
    "Czech": """
        Jiří Dvořák|Božena Němcová|Tomáš Novotný|Kateřina Černá|Zdeněk Šťastný|Václav Růžička|
        Žižkov|Vinohradská 12|Náměstí Míru 3|Plzeň|České Budějovice|Ústí nad Labem|Ondřej Kříž|
        Lucie Procházková|Přemysl|Ďáblice|Věra Králíková|Šárka Horáčková|Nový Jičín|Kyjevská
    """,
    "Slovak": """
        Ľubomír Hlaváč|Ján Kováč|Zuzana Šťastná|Božena Dvorská|Žilina|Košice|Nitra|Bratislava|
        Trenčín|Mäsiarska 4|Štúrova 12|Michal Žiak|Vŕbová|Tŕnie|Peter Horňák|Kôprová|Ďurčanský|
        Mária Krajčíová|Lučenec|Dolný Kubín
    """,
    "Hungarian": """
        Erdős Péter|Szűcs László|Nagy Győző|Kovács Gergő|Fűrész Zoltán|Tóth Ödön|Bűdi Ágnes|
        Kőszegi Éva|Petőfi Sándor utca 5|Kossuth Lajos út 12|Győr|Szőreg|Miskolc|Gödöllő|
        Hűvösvölgy|Bíró Ferenc|Lőrinc Imre|Sűrű Dezső|Új Júlia|Mező tér 2
    """,
    "Romanian": """
        Ştefan Mureşan|Ioana Brăila|Mihăiţă Ţepeş|Ilie Năstase|Bănică|Strada Ştirbei Vodă 4|Iaşi|
        Braşov|Timişoara|Bucureşti|Constanţa|Târgu Mureş|Drăgan|Călăraşi|Vâlcea|Ionuţ Rădulescu|
        Lăcrămioara|Îndrea|Piteşti|Galaţi
    """,
    "Croatian": """
        Šime Kovačić|Đorđe Šarić|Željko Matić|Ivana Jurić|Marko Čović|Antić|Tomislav Đukić|
        Nataša Žunić|Ilica 12|Trg bana Jelačića|Požega|Šibenik|Čakovec|Varaždin|Đakovo|Ćuk|
        Luka Perić|Vinčić|Božić|Grgić
    """,
    "Slovene": """
        Žiga Kovač|Špela Zupančič|Matjaž Novak|Tjaša Kralj|Črt Hribar|Boštjan Košir|
        Slovenska cesta 4|Prešernova 12|Škofja Loka|Žalec|Črnomelj|Kočevje|Vrhnika|Jože Pučnik|
        Nejc Češnovar|Maša Križaj|Bežigrad|Urška Žagar|Šiška|Domžale
    """,
    "Turkish": """
        Ayşe Yılmaz|Çağrı Öztürk|İbrahim Şahin|Gülşen Doğan|Işıl Kılıç|Uğur Güneş|
        Atatürk Caddesi 5|Bağdat Caddesi 12|İstanbul|Muğla|Iğdır|Şırnak|Kırşehir|Beşiktaş|
        Ümit Çınar|Özgür Aydın|Eskişehir|Elâzığ|Başak Koç|Barış
    """,
    "Lithuanian": """
        Jonas Šeškus|Rūta Žukauskienė|Eglė Jurkūnaitė|Ąžuolas|Vytautas Mažeika|Gediminas Čepas|
        Šiauliai|Klaipėda|Panevėžys|Vilnius|Žirmūnų g. 4|Ąžuolyno g. 12|Birutė Grįžė|Laimutė|
        Kęstutis Ūsas|Justė|Dainų g. 7|Telšiai|Mažvydas|Rokiškis
    """,
    "Russian": """
        Иванов Сергей|Ольга Петрова|Дмитрий Щербаков|Алёна Жукова|Юрий Цветков|Елена Яковлева|
        ул. Ленина, д. 5|проспект Мира 12|Москва|Санкт-Петербург|Нижний Новгород|Казань|
        Екатерина Чайка|Фёдор Зуев|Хабаровск|Эльвира Шмидт|Подъячев|Рыбинск|Наталья|Смирнов
    """,
    "Russian capitals": """
        ИВАНОВ СЕРГЕЙ|ОЛЬГА ПЕТРОВА|ЩЕРБАКОВ|ЖУКОВА|ЮРИЙ ЦВЕТКОВ|УЛ. ЛЕНИНА, Д. 5|МОСКВА|КАЗАНЬ|
        НИЖНИЙ НОВГОРОД|СМИРНОВ|НАТАЛЬЯ|ЭЛЬВИРА|ХАБАРОВСК|ПОДЪЯЧЕВ|РЫБИНСК
    """,
    "Ukrainian": """
        Олексій Шевченко|Ірина Ковальчук|Їжакевич|Євген Бондар|Ґалаґан|Наталія Мельник|Київ|Львів|
        Харків|вул. Хрещатик 5|Чернівці|Микола Сидоренко|Оксана Лисенко|Дніпро|Юлія Гриценко|
        Одеса|Тернопіль|Сергій
    """,
    "Bulgarian": """
        Георги Иванов|Цветелина Желева|Щерев|Пловдив|Велико Търново|бул. Витоша 12|Ямбол|
        Мария Стоянова|Юлия Петкова|Кърджали|Хасково|Борис Ангелов|София|Бургас|Жечка|Шумен
    """,
    "Greek": """
        Γιώργος Παπαδόπουλος|Ελένη Αθανασίου|Κώστας Ξενάκης|Μαρία Ψαρρού|Ιωάννης Χατζής|
        Άννα Φωτίου|Αθήνα|Θεσσαλονίκη|Πάτρα|Ηράκλειο|οδός Ερμού 5|Λεωφόρος Κηφισίας 12|Δημήτρης|
        Ζωή Βασιλείου|Όλγα Λύκου|Ρόδος|Έυα|Σπύρος|Νίκος Γεωργίου
    """,
    "Greek capitals": """
        ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ|ΕΛΕΝΗ ΑΘΑΝΑΣΙΟΥ|ΚΩΣΤΑΣ ΞΕΝΑΚΗΣ|ΜΑΡΙΑ|ΑΘΗΝΑ|ΘΕΣΣΑΛΟΝΙΚΗ|ΠΑΤΡΑ|
        ΟΔΟΣ ΕΡΜΟΥ 5|ΔΗΜΗΤΡΗΣ|ΣΠΥΡΟΣ|ΝΙΚΟΣ ΓΕΩΡΓΙΟΥ|ΡΟΔΟΣ|ΒΑΣΙΛΕΙΟΥ
    """,
    "Hebrew": """
        דוד כהן|שרה לוי|משה מזרחי|רחוב הרצל 5|תל אביב|ירושלים|חיפה|יעל פרידמן|אברהם ביטון|רחל
    """,
    "Arabic": """
        محمد أحمد|فاطمة علي|عبد الله حسن|شارع النيل 5|القاهرة|الرياض|بيروت|ليلى خوري|يوسف إبراهيم|
        مريم
    """,
    "Japanese": """
        田中太郎|鈴木花子|佐藤健一|高橋さくら|渡辺ひろし|
        山本 ユキ|タナカ タロウ|スズキ ハナコ|東京都千代田区|大阪市北区梅田|
        横浜市中区|名古屋市|株式会社サンプル|小林美咲|
        中村大輔|札幌市
    """,
    "Chinese": """
        王伟|李娜|张敏|刘洋|陈静|杨军|北京市朝阳区建国路|上海市浦东新区|广州市天河区|深圳市南山区|赵强|周磊|成都|武汉
    """,
    "Traditional Chinese": """
        陳怡君|林志明|黃淑芬|張雅婷|李家豪|王美玲|臺北市信義區|新北市板橋區|高雄市前鎮區|臺中市西屯區|吳宗翰|劉佳穎|蔡明哲|中山北路二段
    """,
    "Korean": """
        김민준|이서연|박지훈|최수빈|정하은|강도윤|
        서울특별시 강남구|부산광역시 해운대구|인천|대구|조현우|윤서준|
        한지민
    """,
}

WESTERN = [
    *("English", "French", "Spanish", "Portuguese", "German", "Italian", "Dutch", "Swedish", "Norwegian"),
    *("Danish", "Finnish", "Icelandic", "mixed Western", "capitals"),
]
# Language and encoding of lists as people have them.
LISTS = [
    *((language, "cp1252") for language in WESTERN),
    *((language, "mac_roman") for language in ["French", "Spanish", "German", "Portuguese"]),
    *((language, "cp850") for language in ["French", "Spanish", "German"]),
    ("French", "iso8859_15"),
    *(
        (language, encoding)
        for language in ["French", "Polish", "Japanese"]
        for encoding in ["utf-8", "utf-16"]
    ),
    ("Spanish", "utf-16-le"),
    *(
        (language, "cp1250")
        for language in ["Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian"]
    ),
    ("Slovene", "cp1250"),
    *((language, "iso8859_2") for language in ["Polish", "Czech", "Hungarian"]),
    ("Polish", "cp852"),
    ("Turkish", "cp1254"),
    ("Lithuanian", "cp1257"),
    *(("Russian", encoding) for encoding in ["cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"]),
    ("Russian capitals", "cp1251"),
    ("Russian capitals", "koi8_r"),
    ("Ukrainian", "cp1251"),
    ("Bulgarian", "cp1251"),
    *(("Greek", encoding) for encoding in ["cp1253", "iso8859_7"]),
    ("Greek capitals", "cp1253"),
    ("Hebrew", "cp1255"),
    ("Arabic", "cp1256"),
    *(("Japanese", encoding) for encoding in ["cp932", "euc_jp", "iso2022_jp"]),
    ("Chinese", "gb18030"),
    ("Traditional Chinese", "big5"),
    ("Korean", "cp949"),
]
